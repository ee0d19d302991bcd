package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.spi.Owners;
import dev.weft.spi.RemoteWaiter;
import dev.weft.spi.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The end of a greenlet of another loop, as an awaitable of this one: a {@link RemoteWaiter} joins the greenlet over there. A
 * failure is either thrown to the waiter or counts as unobserved, and is never lost in between. For a single wait.
 */
final class RemoteEnd<T extends @Nullable Object> implements Awaitable<T> {
    private final GreenletTask<T> greenlet;
    private final EventLoop here;
    private @Nullable Joiner<T> joiner;

    private RemoteEnd(GreenletTask<T> greenlet, EventLoop here) {
        this.greenlet = greenlet;
        this.here = here;
    }

    /** Returns an awaitable for {@code target} on the loop {@code here}; usually {@code target} itself. */
    @SuppressWarnings("unchecked") // a greenlet is an awaitable of its own type
    static <T extends @Nullable Object> Awaitable<T> orItself(Awaitable<T> target, EventLoop here) {
        Objects.requireNonNull(target, "target");
        return target instanceof GreenletTask<?> greenlet && greenlet.loop != here
                ? new RemoteEnd<>((GreenletTask<T>) target, here)
                : target;
    }

    @Override
    public void subscribe(Waiter<? super T> waiter) {
        if (joiner != null) {
            throw new Busy(this, joiner);
        }
        joiner = new Joiner<>(waiter, here);
        here.outsideWaitBegins();
        greenlet.tellAtEnd(joiner);
    }

    @Override
    public boolean unsubscribe(Waiter<? super T> waiter) {
        Joiner<T> present = Objects.requireNonNull(joiner, "nobody awaits this");
        if (!present.isWithdrawn()) {
            return false;
        }
        here.outsideWaitEnds();
        greenlet.loop.onLoop(() -> greenlet.unsubscribe(present));
        return true;
    }

    @Override
    public Owners owners() {
        return greenlet.owners();
    }

    @Override
    public String toString() {
        return greenlet.describeEnd();
    }

    /** The waiter among the joiners, on the greenlet's loop. */
    private static final class Joiner<T extends @Nullable Object> extends RemoteWaiter<T> {
        private final EventLoop home; // of the waiter

        Joiner(Waiter<? super T> waiter, EventLoop home) {
            super(waiter);
            this.home = home;
        }

        boolean isWithdrawn() {
            return withdraw();
        }

        @Override
        protected void deliver(Runnable completion) {
            home.tell(
                    () -> {
                        home.outsideWaitEnds();
                        completion.run();
                    },
                    () -> {}); // the waiter's loop has given it up
        }
    }
}
