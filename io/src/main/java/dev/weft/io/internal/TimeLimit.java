package dev.weft.io.internal;

import dev.weft.Awaitable;
import dev.weft.DeadlineExceeded;
import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long one operation may wait in all its waits: each may use what the ones before it have left. So readiness
 * without data does not extend a timeout. Starts when it is made. For one operation; not thread-safe.
 */
public final class TimeLimit {
    private final Duration timeout;
    private final long begin = System.nanoTime();
    private boolean waited; // the first wait takes place even if the timeout is zero

    private TimeLimit(Duration timeout) {
        this.timeout = timeout;
    }

    /** A limit of {@code timeout}, starting now; null means none. */
    public static @Nullable TimeLimit of(@Nullable Duration timeout) {
        return timeout == null ? null : new TimeLimit(timeout);
    }

    /**
     * Waits for {@code target} for the time that is left.
     *
     * @throws DeadlineExceeded with the whole timeout, when the time is up
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
     * The time that is left for a wait for {@code target}.
     *
     * @throws DeadlineExceeded if nothing is left and this is not the first wait
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

    /** As {@link #left}, in nanoseconds. */
    public long leftNanos(Object target) {
        Duration left = left(target);
        try {
            return left.toNanos();
        } catch (ArithmeticException centuries) {
            return left.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    /** The exception for {@code target}, when the time was up during a wait that failed with {@code cause}. */
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
