package dev.weft.sync;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.RemoteWaiter;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/** Stands on the home loop of a {@link CrossLoopAwaitable} for a waiter of another loop, or for a blocked thread. */
final class CrossLoopWaiter<T extends @Nullable Object> extends RemoteWaiter<T> implements Runnable {
    boolean registered; // the gateway knows of it; belongs to the home's thread
    private final CrossLoopAwaitable<T> target;
    private final @Nullable Loop loop; // the waiter's; null: it may be completed on any thread

    CrossLoopWaiter(CrossLoopAwaitable<T> target, Waiter<? super T> waiter, @Nullable Loop loop) {
        super(waiter);
        this.target = target;
        this.loop = loop;
    }

    /** It has arrived on the home loop. */
    @Override
    public void run() {
        if (!target.gateway.isHome()) { // the loop left in this moment, and left the message to whoever sent it
            fail(target.gateway.closed());
            return;
        }
        try {
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
            // A loop leaves after its greenlets: if it is gone, this one had been given up, and was reported then.
            Suspension.tell(loop, () -> {
                target.returned();
                completion.run();
            });
        }
    }

    /** The waiter has left. Belongs to the home's thread. */
    void forget() {
        target.unsubscribeAtHome(this);
        target.gateway.unregister(this);
    }

    /** The waiter wants to leave; false if its completion is on the way. Belongs to the waiter's side. */
    boolean leave() {
        if (!withdraw()) {
            return false;
        }
        target.gateway.tell(this::forget);
        return true;
    }
}
