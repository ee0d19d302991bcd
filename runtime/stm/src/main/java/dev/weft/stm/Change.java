package dev.weft.stm;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The first change of any of the variables that were read, since they were. For one wait at a time. */
final class Change implements Awaitable<@Nullable Void> {
    private final Map<TVar<?>, Version<?>> seen; // never changes
    private @Nullable GreenletWait wait; // confined to the waiter's loop

    Change(Map<TVar<?>, Version<?>> seen) {
        this.seen = seen;
    }

    @Override
    public void subscribe(Waiter<? super @Nullable Void> waiter) {
        if (wait != null) {
            throw new Busy(this, wait.waiter);
        }
        wait = new GreenletWait(Loop.current(), waiter);
        watch(wait);
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
        if (wait != null) {
            wait.leave();
            wait = null;
        }
        return true;
    }

    /** Waits. A calling greenlet yields; a calling thread blocks. */
    void await() {
        if (Suspension.isOnLoop()) {
            Suspension.await(this, null);
        } else {
            block(CountDownLatch::await);
        }
    }

    /**
     * Blocks the calling thread for {@code left}, what is left of {@code timeout}.
     *
     * @throws DeadlineExceeded if there was no change
     */
    void block(Duration timeout, Duration left) {
        block(changed -> {
            if (!changed.await(TimeUnit.NANOSECONDS.convert(left), TimeUnit.NANOSECONDS)) {
                throw new DeadlineExceeded(this, timeout);
            }
        });
    }

    private void block(BlockingWait wait) {
        ThreadWait blocked = new ThreadWait();
        watch(blocked);
        try {
            wait.on(blocked.changed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("interrupted while waiting for " + this, e);
        } finally {
            blocked.leave();
        }
    }

    private interface BlockingWait {
        void on(CountDownLatch changed) throws InterruptedException;
    }

    private void watch(ChangeWaiter waiter) {
        for (Version<?> version : seen.values()) {
            version.watch(waiter);
        }
    }

    @Override
    public Owners owners() {
        return Owners.unknown(Owners.Kind.EVENT, this);
    }

    @Override
    public String toString() {
        return "a change of " + seen.keySet();
    }

    /** Completes the waiter on its own loop, unless it has left. */
    private final class GreenletWait extends ChangeWaiter {
        private final Loop loop;
        private final Waiter<? super @Nullable Void> waiter;

        GreenletWait(Loop loop, Waiter<? super @Nullable Void> waiter) {
            this.loop = loop;
            this.waiter = waiter;
        }

        @Override
        void resume() {
            Suspension.tell(loop, this::complete);
        }

        @SuppressWarnings("NullAway") // a Void is always null
        private void complete() {
            if (wait == this) {
                wait = null;
                waiter.succeed(null);
            }
        }
    }

    private static final class ThreadWait extends ChangeWaiter {
        private final CountDownLatch changed = new CountDownLatch(1);

        @Override
        void resume() {
            changed.countDown();
        }
    }
}
