package dev.weft.offload;

import dev.weft.Cancelled;
import dev.weft.jdk.ScopedValues;
import dev.weft.kernel.CancellableWait;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Sneaky;
import dev.weft.spi.Waiter;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What an off-loaded call has a greenlet do, and the wait of the call's thread for that.
 *
 * <p>The thread does not only wait. What the greenlet, or one in its scopes, off-loads to the same pool is offered to it if
 * the pool has no free thread, and runs on top of its stack. With more such calls than threads, all would wait for each
 * other otherwise. It holds nothing up: the wait cannot end before that inner call does. (Unless it is abandoned; then the
 * outer call comes back when the inner one does.)
 */
final class CallIntoLoop<T extends @Nullable Object> extends Waiter<T> implements Runnable {
    private static final int LEAST_TOLERATED = 16;

    private final OffloadedCall<?> call;
    private final Callable<T> body;
    private final @Nullable Object scopedValues = ScopedValues.capture();
    private final Thread thread = Thread.currentThread();
    private final ConcurrentLinkedQueue<OffloadedCall<?>> offered = new ConcurrentLinkedQueue<>();

    private @Nullable T value; // these two are published by over
    private @Nullable Throwable failure;
    private volatile boolean over;
    private volatile boolean hasLeft; // the thread was interrupted

    private @Nullable GreenletTask<T> greenlet; // loop's thread, as all below
    private int offers; // since those that others have taken were cleared out
    private int tolerated = LEAST_TOLERATED;

    CallIntoLoop(OffloadedCall<?> call, Callable<T> body) {
        this.call = call;
        this.body = body;
    }

    /** Has the greenlet spawned. */
    @Override
    public void run() {
        try {
            GreenletTask<T> spawned = call.spawn(this, () -> ScopedValues.callWith(scopedValues, body));
            greenlet = spawned;
            spawned.subscribe(this);
        } catch (Throwable t) {
            fail(t);
        }
    }

    /** {@code inner} waits for a thread. Has no effect unless this waits for {@code outermost}, in whose scopes its caller is. */
    void offer(OffloadedCall<?> inner, CancellableWait outermost) {
        if (outermost != greenlet) {
            return;
        }
        if (++offers > tolerated) {
            offered.removeIf(OffloadedCall::isTaken);
            offers = offered.size();
            tolerated = Math.max(LEAST_TOLERATED, 2 * offers);
        }
        offered.add(inner);
        LockSupport.unpark(thread);
    }

    /** Whether the thread waits for it, or runs something on top of that wait. */
    boolean isAwaited() {
        return !over && !hasLeft;
    }

    /** The greenlet that runs it; null if there is none. */
    @Nullable GreenletTask<T> greenlet() {
        return greenlet;
    }

    @Override
    public void succeed(T result) {
        value = result;
        end();
    }

    @Override
    public void fail(Throwable thrown) {
        failure = thrown;
        end();
    }

    private void end() {
        over = true;
        LockSupport.unpark(thread);
    }

    /** Blocks until the greenlet has ended; gives what it returned, or throws what it threw. */
    @SuppressWarnings("NullAway") // the body's own kind of value, which may be null
    T await() {
        while (!over) {
            if (Thread.currentThread().isInterrupted()) {
                hasLeft = true;
                throw new Cancelled("interrupted while waiting for " + body, new InterruptedException());
            }
            OffloadedCall<?> inner = offered.poll();
            if (inner == null) {
                LockSupport.park(this);
            } else {
                call.lendThread(inner);
            }
        }
        if (failure != null) {
            throw Sneaky.rethrow(failure);
        }
        return value;
    }

    @Override
    public String toString() {
        return "what " + call + " has its loop do";
    }
}
