package dev.weft.offload;

import dev.weft.Greenlet;
import dev.weft.spi.Contended;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A group's threads for calls that would block or hold a loop: bounded, daemons, gone when idle for long. Calls that find
 * no free thread wait in the order in which they came; each has a greenlet that waits for it, so their number is bounded by
 * the number of greenlets. One that an off-loaded call waits for in {@code fromThread} can also run on that call's thread.
 */
public final class OffloadPool implements Executor, Contended, AutoCloseable {
    private final String name;
    private final int threads;
    private volatile @Nullable OffloadWorkers workers; // from the first call on: their classes take a while to load
    private volatile boolean closed; // written under the lock of this

    /** A pool of up to {@code threads} threads, called {@code name-0} and so on; none is started before it is needed. */
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
                known.shutdownNow(); // refuses what comes, as it does if it was there when it was closed
            }
            workers = known;
        }
        return known;
    }

    /** Whether a call waits for a thread. */
    boolean hasQueue() {
        OffloadWorkers known = workers;
        return known != null && !known.getQueue().isEmpty();
    }

    @Override
    public boolean isAwaited() {
        return hasQueue();
    }

    /** Those whose calls have all the threads, if they are of the asking loop. */
    @Override
    public Collection<? extends Greenlet<?>> holders() {
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

    /** A call in the queue was dropped, or runs on a thread that did not take it from there. */
    void dropped() {
        OffloadWorkers known = workers;
        if (known != null) {
            known.dropped();
        }
    }

    int queued() {
        OffloadWorkers known = workers;
        return known == null ? 0 : known.getQueue().size();
    }

    /** Interrupts what runs and drops what is queued; does not wait, as a call may be deaf. */
    @Override
    public synchronized void close() {
        closed = true;
        OffloadWorkers known = workers;
        if (known != null) {
            known.shutdownNow();
        }
    }
}
