package dev.weft.sync;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.RemoteWaiter;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/** Represents a waiter of another loop, or a blocked thread, on the home loop of a {@link CrossLoopAwaitable}. */
final class CrossLoopWaiter<T extends @Nullable Object> extends RemoteWaiter<T> implements Runnable {
    boolean registered; // with the gateway; confined to the home's thread
    private final CrossLoopAwaitable<T> target;
    private final long user = Suspension.callerId();
    private final @Nullable Loop loop; // the waiter's loop; null if it may be completed on any thread

    CrossLoopWaiter(CrossLoopAwaitable<T> target, Waiter<? super T> waiter, @Nullable Loop loop) {
        super(waiter);
        this.target = target;
        this.loop = loop;
    }

    /** Subscribes on the home loop. */
    @Override
    public void run() {
        if (!target.gateway.isHome()) { // the loop closed meanwhile, so the sender's thread runs the message
            fail(target.gateway.closed());
            return;
        }
        try {
            target.usedBy(user);
            target.subscribeAtHome(this);
        } catch (Throwable t) {
            fail(t);
        }
        if (claim().isOpen()) {
            target.gateway.register(this);
        }
    }

    @Override
    protected void deliver(Runnable completion) {
        if (registered) {
            target.gateway.unregister(this);
        }
        if (loop == null) {
            completion.run();
        } else {
            // A loop closes after its greenlets: if it is gone, this greenlet was abandoned and has been reported.
            Suspension.tell(loop, () -> {
                target.returned();
                completion.run();
            });
        }
    }

    /** Removes a waiter that has left. Must be called on the home's thread. */
    void forget() {
        target.unsubscribeAtHome(this);
        target.gateway.unregister(this);
    }

    /** Cancels the wait; returns false if the completion is on its way. Must be called on the waiter's side. */
    boolean leave() {
        if (!withdraw()) {
            return false;
        }
        target.gateway.tell(this::forget);
        return true;
    }
}
