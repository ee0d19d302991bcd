package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.scheduler.Timer;
import dev.weft.spi.Owners;
import dev.weft.spi.Sneaky;
import dev.weft.spi.Waiter;
import dev.weft.spi.YieldMode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The waits that {@code Weft.await} offers, all based on {@link GreenletTask#await}. */
public final class Awaits {
    private Awaits() {}

    /** Waits without a time limit. */
    public static <T extends @Nullable Object> T await(Awaitable<T> target) {
        return GreenletTask.current().await(target, null);
    }

    /** Waits at most for {@code timeout}. */
    public static <T extends @Nullable Object> T await(Awaitable<T> target, Duration timeout) {
        return GreenletTask.current().await(target, Objects.requireNonNull(timeout, "timeout"));
    }

    /** Returns an awaitable for the end of {@code stage}, which any thread may complete. */
    public static <T extends @Nullable Object> Awaitable<T> stage(CompletionStage<T> stage) {
        return new StageEnd<>(Objects.requireNonNull(stage, "stage"));
    }

    static <T extends @Nullable Object> Awaitable<T> stage(CompletionStage<T> stage, Object description) {
        return new StageEnd<>(stage, description);
    }

    /** Returns a timer that starts with the wait. */
    public static Awaitable<@Nullable Void> timer(Duration delay) {
        return new Delay(delay);
    }

    /** Waits for a future. One that is no stage cannot notify a waiter of its end, so the greenlet parks inside {@code get}. */
    public static <T extends @Nullable Object> T await(Future<T> future) {
        return future instanceof CompletionStage<?>
                ? await(stage(asStage(future)))
                : parkInside(future, null, () -> future.get());
    }

    /** As {@link #await(Future)}, at most for {@code timeout}. */
    public static <T extends @Nullable Object> T await(Future<T> future, Duration timeout) {
        long nanos = Blocking.nanos(timeout);
        return future instanceof CompletionStage<?>
                ? await(stage(asStage(future)), timeout)
                : parkInside(future, timeout, () -> future.get(nanos, TimeUnit.NANOSECONDS));
    }

    /** Waits inside JDK code, which parks the thread itself; a kill reaches it as an interrupt. */
    public static <V extends @Nullable Object> V parkInside(
            Object target, @Nullable Duration timeout, Callable<V> blocking) {
        GreenletTask<?> self = GreenletTask.current();
        self.requireNotCancelled(target);
        byte before = self.beginExplicitYields();
        try {
            V value = blocking.call();
            self.spend(YieldMode.EXPLICIT);
            return value;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            self.requireNotCancelled(target);
            throw new Cancelled("interrupted while waiting for " + target, e);
        } catch (TimeoutException e) {
            throw new DeadlineExceeded(target, timeout == null ? Duration.ZERO : timeout);
        } catch (Exception e) {
            throw Sneaky.rethrow(StageEnd.unwrap(e));
        } finally {
            self.endExplicitYields(before);
        }
    }

    @SuppressWarnings("unchecked") // a future that is a stage is one of its own type
    private static <T extends @Nullable Object> CompletionStage<T> asStage(Future<T> future) {
        return (CompletionStage<T>) future;
    }

    /** A timer, set when it is subscribed to. */
    private static final class Delay extends Timer implements Awaitable<@Nullable Void> {
        private final Duration delay;
        private @Nullable EventLoop loop;
        private @Nullable Waiter<? super @Nullable Void> waiter;

        Delay(Duration delay) {
            this.delay = Objects.requireNonNull(delay, "delay");
        }

        @Override
        public void subscribe(Waiter<? super @Nullable Void> subscriber) {
            if (waiter != null) {
                throw new Busy(this, waiter);
            }
            EventLoop here = EventLoop.current();
            here.scheduler.setTimer(this, Blocking.nanos(delay));
            loop = here;
            waiter = subscriber;
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> subscriber) {
            waiter = null;
            if (loop != null) {
                loop.scheduler.cancelTimer(this);
            }
            return true;
        }

        @Override
        @SuppressWarnings("NullAway") // a Void is always null
        protected void fire() {
            Waiter<? super @Nullable Void> subscriber = waiter;
            waiter = null;
            if (subscriber != null) {
                subscriber.succeed(null);
            }
        }

        @Override
        public Owners owners() {
            return Owners.outside(Owners.Kind.SLEEP, this);
        }

        @Override
        public String toString() {
            return "timer of " + delay;
        }
    }
}
