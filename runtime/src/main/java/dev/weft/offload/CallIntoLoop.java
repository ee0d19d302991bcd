package dev.weft.offload;

import dev.weft.Cancelled;
import dev.weft.jdk.ScopedValues;
import dev.weft.kernel.CancellableWait;
import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.InContext;
import dev.weft.spi.Sneaky;
import dev.weft.spi.Waiter;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The greenlet that an off-loaded call runs on its loop, and the wait of the call's thread for it.
 *
 * <p>The thread can be lent while it waits. If the greenlet, or one in its scopes, off-loads a call to the same pool and no
 * thread is free, the call is offered to this thread and runs on top of its stack. Otherwise all would deadlock once there
 * are more such calls than threads. Nothing is delayed, as this wait cannot end before the inner call does. (Unless that is
 * abandoned: then the outer call returns when the inner one does.)
 */
final class CallIntoLoop<T extends @Nullable Object> extends Waiter<T> implements Runnable {
    private static final int LEAST_TOLERATED = 16;

    private final OffloadedCall<?> call;
    private final Callable<T> body;
    private final Callable<T> carried; // with the scoped values and the context of the thread
    private final Thread thread = Thread.currentThread();
    private final ConcurrentLinkedQueue<OffloadedCall<?>> offered = new ConcurrentLinkedQueue<>();

    private @Nullable T value; // published, with failure, by over
    private @Nullable Throwable failure;
    private volatile boolean over;
    private volatile boolean hasLeft; // the thread was interrupted

    private @Nullable GreenletTask<T> greenlet; // this and the following: loop's thread only
    private int offers; // since the calls taken by other threads were last removed
    private int tolerated = LEAST_TOLERATED;

    CallIntoLoop(OffloadedCall<?> call, Callable<T> body) {
        this.call = call;
        this.body = body;
        Object scopedValues = ScopedValues.capture();
        carried = InContext.callable(call.carrier(), () -> ScopedValues.callWith(scopedValues, body));
    }

    /** Spawns the greenlet. */
    @Override
    public void run() {
        try {
            GreenletTask<T> spawned = call.spawn(this, carried);
            greenlet = spawned;
            spawned.subscribe(this);
        } catch (Throwable t) {
            fail(t);
        }
    }

    /** Offers {@code inner}, which waits for a thread. Has no effect unless {@code outermost}, around its caller, is ours. */
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

    /** Returns whether the thread waits for the greenlet, or runs something on top of that wait. */
    boolean isAwaited() {
        return !over && !hasLeft;
    }

    /** Returns the greenlet; null if it has not been spawned. */
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

    /** Blocks until the greenlet has ended; returns its result or throws its failure. */
    @SuppressWarnings("NullAway") // the body's own type of value, which may be null
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
        return "the call into the loop by " + call;
    }
}
