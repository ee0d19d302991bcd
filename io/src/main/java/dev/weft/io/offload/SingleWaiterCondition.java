package dev.weft.io.offload;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.Loop;
import dev.weft.io.internal.LoopPost;
import dev.weft.io.internal.TimeLimit;
import dev.weft.lowlevel.Suspension;
import dev.weft.lowlevel.Waiter;
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
 * Where one at a time, a greenlet of whichever loop or a thread, waits until a condition holds that other threads bring
 * about. Who changes the condition does so first and then calls {@link #signal}; the one who waits publishes itself first
 * and then looks at the condition, so no signal is lost. It may be woken for nothing, and has to look again.
 */
final class SingleWaiterCondition {
    private final BooleanSupplier condition;
    private final Object description;
    private final AtomicReference<@Nullable Wake> waiting = new AtomicReference<>(); // how to wake it

    /** Wakes the one who waits. */
    private static final class Wake {
        final Runnable how;
        volatile boolean isOver; // the wait has ended: it stands here in nobody's way

        Wake(Runnable how) {
            this.how = how;
        }
    }

    /** A gate that is open while {@code condition} holds, which is called by any thread and must not wait. */
    SingleWaiterCondition(BooleanSupplier condition, Object description) {
        this.condition = condition;
        this.description = description;
    }

    /** The condition may hold now. Any thread; never waits. */
    void signal() {
        Wake wake = waiting.getAndSet(null);
        if (wake != null) {
            try {
                wake.how.run();
            } catch (Throwable t) { // such as no memory for it
                waiting.compareAndSet(null, wake); // so that another signal can, if this one has not
                throw t;
            }
        }
    }

    /**
     * Waits for a signal, or until the condition holds, within {@code limit}, if there is one. A greenlet yields; another
     * thread blocks.
     */
    void await(@Nullable TimeLimit limit) throws IOException {
        if (!Suspension.isOnLoop()) {
            block(limit);
        } else if (limit == null) {
            Suspension.await(new Passage(), null);
        } else {
            limit.await(new Passage());
        }
    }

    /** The explicit form of {@link #await}. */
    Awaitable.Checked<@Nullable Void, IOException> passage() {
        return new Passage();
    }

    private void enter(Wake wake) {
        Wake present;
        while ((present = waiting.compareAndExchange(null, wake)) != null) {
            if (!present.isOver) {
                throw new Busy(description, "another");
            }
            waiting.compareAndSet(present, null);
        }
    }

    /** Whether it need not wait: the condition holds, and no signal is on its way to it. */
    private boolean passesAtOnce(Wake wake) {
        return condition.getAsBoolean() && waiting.compareAndSet(wake, null);
    }

    private void block(@Nullable TimeLimit limit) {
        CompletableFuture<@Nullable Void> signalled = new CompletableFuture<>();
        @SuppressWarnings("NullAway") // a Void is always null
        Wake wake = new Wake(() -> signalled.complete(null));
        enter(wake);
        if (passesAtOnce(wake)) {
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
    private final class Passage implements Awaitable.Checked<@Nullable Void, IOException> {
        private @Nullable Waiter<? super @Nullable Void> waiter;
        private @Nullable Wake wake;
        private Loop.@Nullable Handle alive; // others will bring something in

        @Override
        public void subscribe(Waiter<? super @Nullable Void> subscriber) {
            if (waiter != null) {
                throw new Busy(this, waiter);
            }
            Loop loop = Loop.current();
            Wake wakeThis = new Wake(() -> LoopPost.post(loop, this::pass));
            enter(wakeThis);
            waiter = subscriber;
            wake = wakeThis;
            alive = loop.keepAlive();
            if (passesAtOnce(wakeThis)) {
                pass();
            }
        }

        @SuppressWarnings("NullAway") // a Void is always null
        private void pass() {
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
