package dev.weft.io.internal;

import dev.weft.Awaitable;
import dev.weft.DeadlineExceeded;
import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A limit on the total time that one operation may wait. Each wait may use the time that earlier waits have left, so spurious
 * readiness does not extend a timeout. Starts on creation. For a single operation; not thread-safe.
 */
public final class TimeLimit {
    private final Duration timeout;
    private final long begin = System.nanoTime();
    private boolean waited; // the first wait takes place even if the timeout is zero

    private TimeLimit(Duration timeout) {
        this.timeout = timeout;
    }

    /** Returns a limit of {@code timeout}, starting now, or null if {@code timeout} is null. */
    public static @Nullable TimeLimit of(@Nullable Duration timeout) {
        return timeout == null ? null : new TimeLimit(timeout);
    }

    /**
     * Waits for {@code target} for the remaining time.
     *
     * @throws DeadlineExceeded if the time expires; it reports the whole timeout
     */
    public <T extends @Nullable Object, X extends Exception> T await(Awaitable.Checked<T, X> target) throws X {
        Duration left = left(target);
        try {
            return Suspension.await(target, left);
        } catch (DeadlineExceeded e) {
            throw e.timeout() == left && left != timeout ? exceeded(target, e) : e;
        }
    }

    /**
     * Returns the remaining time for a wait for {@code target}.
     *
     * @throws DeadlineExceeded if no time is left and this is not the first wait
     */
    public Duration left(Object target) {
        if (!waited) {
            waited = true;
            return timeout;
        }
        Duration left = timeout.minusNanos(System.nanoTime() - begin);
        if (left.isNegative() || left.isZero()) {
            throw new DeadlineExceeded(target, timeout);
        }
        return left;
    }

    /** Returns {@link #left} in nanoseconds. */
    public long leftNanos(Object target) {
        Duration left = left(target);
        try {
            return left.toNanos();
        } catch (ArithmeticException overflow) {
            return left.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    /** Returns the exception for a wait for {@code target} during which the time expired and which failed with {@code cause}. */
    public DeadlineExceeded exceeded(Object target, Throwable cause) {
        DeadlineExceeded whole = new DeadlineExceeded(target, timeout);
        whole.initCause(cause);
        return whole;
    }

    @Override
    public String toString() {
        return "limit of " + timeout;
    }
}
