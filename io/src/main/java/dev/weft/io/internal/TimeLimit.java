package dev.weft.io.internal;

import dev.weft.Awaitable;
import dev.weft.DeadlineExceeded;
import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long one operation may wait, however many waits it takes: each gets what the ones before it have left. So readiness
 * without data does not stretch a timeout. It runs from when it is made. For one operation; not thread-safe.
 */
public final class TimeLimit {
    private final Duration timeout;
    private final long begin = System.nanoTime();
    private boolean waited; // the first wait takes place even if the timeout is zero

    private TimeLimit(Duration timeout) {
        this.timeout = timeout;
    }

    /** A limit of {@code timeout}, from now on; null, as ever, is none. */
    public static @Nullable TimeLimit of(@Nullable Duration timeout) {
        return timeout == null ? null : new TimeLimit(timeout);
    }

    /**
     * Waits for {@code target} for as long as is left.
     *
     * @throws DeadlineExceeded with the whole timeout, when nothing is left
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
     * What is left for the next wait, which is one for {@code target}.
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

    /** The time is up, as {@code cause} says in its own words. */
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
