package dev.weft.kernel;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.spi.Sneaky;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Blocking waits for ordinary threads, and the conversion of durations. */
public final class Blocking {
    private Blocking() {}

    /** Returns {@code duration} in nanoseconds, from 0 to {@link Long#MAX_VALUE}, which means without limit. */
    public static long nanos(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return duration.toSeconds() >= Long.MAX_VALUE / 1_000_000_000 - 1 ? Long.MAX_VALUE : duration.toNanos();
    }

    /** Blocks until {@code future} completes; throws its failure unwrapped. */
    public static <T extends @Nullable Object> T get(
            CompletableFuture<T> future, Object target, @Nullable Duration timeout) {
        try {
            return timeout == null ? future.get() : future.get(nanos(timeout), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw Sneaky.rethrow(e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw new DeadlineExceeded(target, timeout == null ? Duration.ZERO : timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("interrupted while waiting for " + target, e);
        }
    }

    /** Waits uninterruptibly until {@code latch} opens or {@code deadlineNanos} is reached; returns whether it is open. */
    public static boolean passed(CountDownLatch latch, long deadlineNanos) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return latch.await(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits uninterruptibly until {@code thread} ends or {@code deadlineNanos} is reached; returns whether it has ended. */
    public static boolean joined(Thread thread, long deadlineNanos) {
        boolean interrupted = false;
        try {
            while (thread.isAlive()) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    thread.join(Duration.ofNanos(left));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
