package dev.weft.offload;

import dev.weft.Greenlet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A group's bounded pool of daemon threads for calls that would block or hold a loop; idle threads end after a while. Calls
 * that find no free thread are queued in FIFO order. A greenlet waits for each, so the number of greenlets bounds the queue. A
 * call that an off-loaded call waits for in {@code fromThread} may also run on that call's thread.
 */
public final class OffloadPool implements Executor, AutoCloseable {
    private final String name;
    private final int threads;
    private volatile @Nullable OffloadWorkers workers; // created by the first call, as its classes take a while to load
    private volatile boolean closed; // written under this object's lock

    /** Creates a pool of up to {@code threads} threads, called {@code name-0} and so on, which are started on demand. */
    public OffloadPool(String name, int threads) {
        this.name = name;
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        OffloadWorkers known = workers;
        (known == null ? first() : known).execute(task);
    }

    private synchronized OffloadWorkers first() {
        OffloadWorkers known = workers;
        if (known == null) {
            known = new OffloadWorkers(name, threads);
            if (closed) {
                known.shutdownNow(); // rejects calls, as it does if it existed when the pool was closed
            }
            workers = known;
        }
        return known;
    }

    /** Returns whether a call waits for a thread. */
    boolean hasQueue() {
        OffloadWorkers known = workers;
        return known != null && !known.getQueue().isEmpty();
    }

    /** Returns the name of the pool, and of its threads. */
    public String name() {
        return name;
    }

    /** Returns the maximum number of threads. */
    public int threads() {
        return threads;
    }

    /** Returns the greenlets whose calls occupy all threads; empty if that is not known for certain. */
    Collection<? extends Greenlet<?>> holders() {
        OffloadWorkers known = workers;
        return known == null ? List.of() : OwnedCall.owners(known.calls());
    }

    @Override
    public String toString() {
        return "a thread of " + name + " (" + threads + (threads == 1 ? " thread)" : " threads)");
    }

    boolean isClosed() {
        return closed;
    }

    /** A queued call was dropped, or was taken by a thread that bypassed the queue. */
    void dropped() {
        OffloadWorkers known = workers;
        if (known != null) {
            known.dropped();
        }
    }

    /** Returns how many calls wait for a thread; counts those that were dropped and not yet purged. Takes time for each. */
    public int queued() {
        OffloadWorkers known = workers;
        return known == null ? 0 : known.getQueue().size();
    }

    /** Returns how many threads run a call. */
    public int running() {
        OffloadWorkers known = workers;
        return known == null ? 0 : known.busy();
    }

    /** Interrupts running calls and drops queued ones; does not wait, as a call may ignore the interrupt. */
    @Override
    public synchronized void close() {
        closed = true;
        OffloadWorkers known = workers;
        if (known != null) {
            known.shutdownNow();
        }
    }
}
