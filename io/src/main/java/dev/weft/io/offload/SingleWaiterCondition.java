package dev.weft.io.offload;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.Loop;
import dev.weft.io.internal.TimeLimit;
import dev.weft.lowlevel.Suspension;
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
 * A condition that other threads bring about, and for which one greenlet of any loop, or one thread, waits at a time.
 * Whoever changes the condition does so first and then calls {@link #signal}; the waiter registers first and then
 * checks the condition, so no signal is lost. Wake-ups may be spurious: check again.
 */
final class SingleWaiterCondition {
    private final BooleanSupplier condition;
    private final Object description;
    private final AtomicReference<@Nullable WakeUp> waiting = new AtomicReference<>();

    /** How the waiter is woken. */
    private static final class WakeUp {
        final Runnable how;
        volatile boolean isOver; // the wait has ended, so another may take its place

        WakeUp(Runnable how) {
            this.how = how;
        }
    }

    /**
     * A condition.
     *
     * @param condition called by any thread; must not wait
     * @param description what the waiter waits for, in messages
     */
    SingleWaiterCondition(BooleanSupplier condition, Object description) {
        this.condition = condition;
        this.description = description;
    }

    /** The condition may hold now. Any thread; never waits. */
    void signal() {
        WakeUp wake = waiting.getAndSet(null);
        if (wake != null) {
            try {
                wake.how.run();
            } catch (Throwable t) { // such as OutOfMemoryError
                waiting.compareAndSet(null, wake); // so that another signal can wake it
                throw t;
            }
        }
    }

    /**
     * Waits for a signal, or until the condition holds, within {@code limit}, if there is one. A greenlet yields, a
     * thread blocks.
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

    /** The explicit form of {@link #await}. */
    Awaitable.Checked<@Nullable Void, IOException> awaiting() {
        return new ConditionWait();
    }

    private void enter(WakeUp wake) {
        WakeUp present;
        while ((present = waiting.compareAndExchange(null, wake)) != null) {
            if (!present.isOver) {
                throw new Busy(description, "another");
            }
            waiting.compareAndSet(present, null);
        }
    }

    /** Whether the condition holds, so that there is no need to wait, and no signal is under way. */
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

    /** The wait of one greenlet. Belongs to its loop, but for being signalled. */
    private final class ConditionWait implements Awaitable.Checked<@Nullable Void, IOException> {
        private @Nullable Waiter<? super @Nullable Void> waiter;
        private @Nullable WakeUp wake;
        private Loop.@Nullable Handle alive; // others will bring something in

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
        public String toString() {
            return description.toString();
        }
    }
}
