package dev.weft.time;

import dev.weft.Cancelled;
import dev.weft.CheckedAction;
import dev.weft.CheckedCallable;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Sneaky;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Repeats an operation that may fail, with growing pauses. The pause before attempt <i>n</i> + 1 is a random time from zero to
 * the lesser of {@code cap} and {@code first * 2^(n-1)} ("full jitter", after M. Brooker, <i>Exponential Backoff And Jitter</i>,
 * AWS Architecture Blog, 2015), so that clients which failed together do not return together.
 *
 * <pre>{@code
 * Retry retry = Retry.builder().attempts(5).on(IOException.class).build();
 * Reply reply = retry.call(() -> Weft.withTimeout(second, () -> client.ask(question)));
 * }</pre>
 *
 * <ul>
 *   <li>A cancellation is never retried: neither a {@link Cancelled}, nor any exception of an attempt during which the caller
 *       was killed or ran out of time. It ends the pauses too.
 *   <li>A pause that would last beyond the caller's {@linkplain Weft#effectiveDeadline deadline} is not begun: the failure is
 *       thrown at once.
 *   <li>The failure that is thrown is that of the last attempt, as it is, with the previous ones (at most eight) suppressed in
 *       it.
 * </ul>
 *
 * <p>A retry is immutable, can be shared by all loops, and follows the clock of the caller's loop. An operation that succeeds
 * at once costs one small object. Only repeat what may be done twice.
 */
public final class Retry {
    private static final int KEPT_FAILURES = 8;
    private static final int JITTER_STEPS = 1 << 30;

    private final int attempts;
    private final long firstNanos;
    private final long capNanos;
    private final DoubleSupplier jitter;
    private final Predicate<? super Throwable> retryable;
    private final Listener listener;

    private Retry(Builder builder) {
        attempts = builder.attempts;
        firstNanos = builder.first.toNanos();
        capNanos = builder.cap.toNanos();
        jitter = builder.jitter;
        retryable = builder.retryable;
        listener = builder.listener;
    }

    /**
     * An attempt that is to be repeated.
     *
     * @param number the number of the attempt, from 1
     * @param failure what it threw; empty if its result was not acceptable
     * @param pause the time until the next attempt
     */
    public record Attempt(int number, Optional<Throwable> failure, Duration pause) {}

    /** A listener for attempts that are to be repeated. */
    @FunctionalInterface
    public interface Listener {
        /** Called by the retrying greenlet before the pause. What it throws ends the retry. */
        void onRetry(Attempt attempt);
    }

    /** Returns a builder with the default settings. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Calls {@code operation} until it returns. Must be called by a greenlet.
     *
     * @throws X what the last attempt threw
     */
    public <T extends @Nullable Object, X extends Exception> T call(CheckedCallable<T, X> operation) throws X {
        return callUntil(result -> true, operation);
    }

    /** As {@link #call}, for an operation without a result. */
    @SuppressWarnings("NullAway") // a Void is always null
    public <X extends Exception> void run(CheckedAction<X> operation) throws X {
        this.<@Nullable Void, X>call(() -> {
            operation.run();
            return null;
        });
    }

    /**
     * As {@link #call}, but also repeats the operation while {@code acceptable} rejects its result.
     *
     * @throws RetriesExhausted if the last attempt returned a result that was rejected
     */
    public <T extends @Nullable Object, X extends Exception> T callUntil(
            Predicate<? super T> acceptable, CheckedCallable<T, X> operation) throws X {
        Run run = new Run();
        while (true) {
            T result;
            try {
                result = operation.call();
            } catch (Throwable failure) {
                run.failed(failure);
                continue;
            }
            if (acceptable.test(result)) {
                return result;
            }
            run.rejected(result);
        }
    }

    /** The attempts of one call. */
    private final class Run {
        private final ArrayDeque<Throwable> failures = new ArrayDeque<>(0);
        private int made;

        /** Returns after the pause; throws {@code failure} if there is to be no further attempt. */
        void failed(Throwable failure) {
            made++;
            requireNotCancelled(failure);
            Duration pause = pause();
            if (isCancellation(failure) || !retryable.test(failure) || hindrance(pause) != null) {
                throw Sneaky.rethrow(withEarlier(failure));
            }
            if (failures.size() == KEPT_FAILURES) {
                failures.removeFirst();
            }
            failures.add(failure);
            pause(Optional.of(failure), pause);
        }

        /** Returns after the pause; throws if there is to be no further attempt. */
        void rejected(@Nullable Object result) {
            made++;
            Duration pause = pause();
            String hindrance = hindrance(pause);
            if (hindrance != null) {
                throw Sneaky.rethrow(withEarlier(new RetriesExhausted(made, hindrance, result)));
            }
            pause(Optional.empty(), pause);
        }

        /** Returns why there is no further attempt after {@code pause}; null if there is one. */
        private @Nullable String hindrance(Duration pause) {
            if (made >= attempts) {
                return "the most allowed";
            }
            Optional<Duration> left = Weft.effectiveDeadline();
            return left.isPresent() && pause.compareTo(left.get()) >= 0
                    ? "the next pause, of " + pause + ", would last beyond the caller's deadline"
                    : null;
        }

        private Duration pause() {
            int doublings = Math.min(made - 1, Long.SIZE - 2);
            long limit = firstNanos > capNanos >> doublings ? capNanos : firstNanos << doublings;
            return Duration.ofNanos((long) (limit * jitter.getAsDouble()));
        }

        private void pause(Optional<Throwable> failure, Duration pause) {
            try {
                listener.onRetry(new Attempt(made, failure, pause));
                Weft.sleep(pause);
            } catch (Throwable t) {
                throw Sneaky.rethrow(withEarlier(t));
            }
        }

        /** Throws the caller's cancellation, of which {@code failure} may be only the disguise. */
        private void requireNotCancelled(Throwable failure) {
            try {
                Weft.checkCancelled();
            } catch (Cancelled cancelled) {
                failures.add(failure);
                throw Sneaky.rethrow(withEarlier(cancelled));
            }
        }

        private Throwable withEarlier(Throwable thrown) {
            List<Throwable> known = List.of(thrown.getSuppressed());
            for (Throwable earlier : failures) {
                if (earlier != thrown && !known.contains(earlier)) {
                    thrown.addSuppressed(earlier);
                }
            }
            return thrown;
        }
    }

    private static boolean isCancellation(Throwable failure) {
        return failure instanceof Cancelled || failure instanceof InterruptedException;
    }

    /** A builder of retries. Not thread-safe. */
    public static final class Builder {
        private int attempts = 5;
        private Duration first = Duration.ofMillis(100);
        private Duration cap = Duration.ofSeconds(10);
        private DoubleSupplier jitter = () -> Suspension.pick(JITTER_STEPS) / (double) (JITTER_STEPS - 1);
        private Predicate<? super Throwable> retryable = failure -> failure instanceof Exception;
        private Listener listener = attempt -> {};

        private Builder() {}

        /** Sets the maximum number of attempts, counting the first; 5 by default. */
        public Builder attempts(int most) {
            if (most < 1) {
                throw new IllegalArgumentException("there must be at least one attempt: " + most);
            }
            attempts = most;
            return this;
        }

        /** Removes the limit on attempts: only success, another failure, a deadline or a kill ends the retry. */
        public Builder unlimited() {
            attempts = Integer.MAX_VALUE;
            return this;
        }

        /** Sets the longest first pause and the longest pause of all; 100 ms and 10 s by default. */
        public Builder backOff(Duration firstPause, Duration longestPause) {
            if (firstPause.isNegative() || firstPause.compareTo(longestPause) > 0) {
                throw new IllegalArgumentException(
                        "the first pause must be from zero to the longest, " + longestPause + ": " + firstPause);
            }
            first = firstPause;
            cap = longestPause;
            return this;
        }

        /**
         * Sets the source of the jitter, in tests one with a seed. By default, it is the loop's, which derives from the seed on a
         * {@linkplain dev.weft.testing.SteppedLoop#shuffled shuffled} loop.
         */
        public Builder jitter(RandomGenerator random) {
            jitter = Objects.requireNonNull(random, "random")::nextDouble;
            return this;
        }

        /** Makes every pause as long as it may be. For a single client, whose pauses need not differ from others'. */
        public Builder withoutJitter() {
            jitter = () -> 1;
            return this;
        }

        /** Repeats only after failures of these types, instead of after every {@link Exception}. */
        @SafeVarargs
        @SuppressWarnings("varargs") // List.of copies the array
        public final Builder on(Class<? extends Throwable>... types) {
            List<Class<? extends Throwable>> known = List.of(types);
            return when(failure -> known.stream().anyMatch(type -> type.isInstance(failure)));
        }

        /** Repeats only after failures that {@code retry} accepts, instead of after every {@link Exception}. */
        public Builder when(Predicate<? super Throwable> retry) {
            retryable = Objects.requireNonNull(retry, "retry");
            return this;
        }

        /** Sets a listener for attempts that are to be repeated. */
        public Builder listener(Listener told) {
            listener = Objects.requireNonNull(told, "listener");
            return this;
        }

        /** Returns the retry. */
        public Retry build() {
            return new Retry(this);
        }
    }
}
