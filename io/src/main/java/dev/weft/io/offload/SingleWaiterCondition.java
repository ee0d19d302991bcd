package dev.weft.io.offload;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.Loop;
import dev.weft.io.internal.TimeLimit;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A condition that other threads change and that one greenlet of any loop, or one thread, may wait for at a time. A thread
 * changes the condition before it calls {@link #signal}; the waiter registers before it checks the condition. Therefore no signal
 * is lost. Wakeups may be spurious, so callers must check the condition again.
 */
final class SingleWaiterCondition {
    private final BooleanSupplier condition;
    private final Object description;
    private final AtomicReference<@Nullable WakeUp> waiting = new AtomicReference<>();

    /** The action that wakes the waiter. */
    private static final class WakeUp {
        final Runnable action;
        volatile boolean isOver; // the wait has ended, so another waiter may replace it

        WakeUp(Runnable action) {
            this.action = action;
        }
    }

    /**
     * Creates a condition.
     *
     * @param condition called by any thread; must not wait
     * @param description describes the condition in messages
     */
    SingleWaiterCondition(BooleanSupplier condition, Object description) {
        this.condition = condition;
        this.description = description;
    }

    /** Wakes the waiter, if any, because the condition may hold now. Any thread; never waits. */
    void signal() {
        WakeUp wake = waiting.getAndSet(null);
        if (wake != null) {
            try {
                wake.action.run();
            } catch (Throwable t) { // such as OutOfMemoryError
                waiting.compareAndSet(null, wake); // so that another signal can wake it
                throw t;
            }
        }
    }

    /**
     * Waits until the condition holds or is signalled, within {@code limit} if it is not null. A greenlet is suspended; a thread
     * blocks.
     */
    void await(@Nullable TimeLimit limit) throws IOException {
        if (!Suspension.isOnLoop()) {
            block(limit);
        } else if (limit == null) {
            Suspension.await(new ConditionWait(), null);
        } else {
            limit.await(new ConditionWait());
        }
    }

    /** Returns the awaitable form of {@link #await}. */
    Awaitable.Checked<@Nullable Void, IOException> awaiting() {
        return new ConditionWait();
    }

    private void enter(WakeUp wake) {
        WakeUp present;
        while ((present = waiting.compareAndExchange(null, wake)) != null) {
            if (!present.isOver) {
                throw new Busy(description, "another greenlet or thread");
            }
            waiting.compareAndSet(present, null);
        }
    }

    /** Returns whether the condition already holds and no signal is in progress, so that there is no need to wait. */
    private boolean holdsAlready(WakeUp wake) {
        return condition.getAsBoolean() && waiting.compareAndSet(wake, null);
    }

    private void block(@Nullable TimeLimit limit) {
        CompletableFuture<@Nullable Void> signalled = new CompletableFuture<>();
        @SuppressWarnings("NullAway") // a Void is always null
        WakeUp wake = new WakeUp(() -> signalled.complete(null));
        enter(wake);
        if (holdsAlready(wake)) {
            return;
        }
        try {
            if (limit == null) {
                signalled.get();
            } else {
                signalled.get(limit.leftNanos(description), TimeUnit.NANOSECONDS);
            }
        } catch (TimeoutException e) {
            throw Objects.requireNonNull(limit, "limit").exceeded(description, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("interrupted while waiting for " + description, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            wake.isOver = true;
            waiting.compareAndSet(wake, null);
        }
    }

    /** The wait of one greenlet. Confined to its loop, except for the signal. */
    private final class ConditionWait implements Awaitable.Checked<@Nullable Void, IOException> {
        private @Nullable Waiter<? super @Nullable Void> waiter;
        private @Nullable WakeUp wake;
        private Loop.@Nullable Handle alive; // because other threads will complete the wait

        @Override
        public void subscribe(Waiter<? super @Nullable Void> subscriber) {
            if (waiter != null) {
                throw new Busy(this, waiter);
            }
            Loop loop = Loop.current();
            WakeUp wakeThis = new WakeUp(() -> Suspension.tell(loop, this::complete));
            enter(wakeThis);
            waiter = subscriber;
            wake = wakeThis;
            alive = loop.keepAlive();
            if (holdsAlready(wakeThis)) {
                complete();
            }
        }

        @SuppressWarnings("NullAway") // a Void is always null
        private void complete() {
            Waiter<? super @Nullable Void> present = waiter;
            if (present != null) {
                forget();
                present.succeed(null);
            }
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> subscriber) {
            waiting.compareAndSet(wake, null);
            forget();
            return true;
        }

        private void forget() {
            waiter = null;
            if (wake != null) {
                wake.isOver = true;
            }
            if (alive != null) {
                alive.close();
            }
        }

        @Override
        public Owners owners() {
            return Owners.outside(Owners.Kind.OTHER, this);
        }

        @Override
        public String toString() {
            return description.toString();
        }
    }
}
