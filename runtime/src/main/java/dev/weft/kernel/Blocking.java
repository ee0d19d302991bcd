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

/** How an ordinary thread waits for what a loop does, and the durations that both sides speak of. */
public final class Blocking {
    private Blocking() {}

    /** {@code duration} in nanoseconds; at most {@link Long#MAX_VALUE}, which stands for ever; not below zero. */
    public static long nanos(Duration duration) {
        if (duration.isNegative()) {
            return 0;
        }
        return duration.toSeconds() >= Long.MAX_VALUE / 1_000_000_000 - 1 ? Long.MAX_VALUE : duration.toNanos();
    }

    /** Blocks until {@code future} completes; throws its failure itself. */
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

    /** Waits until {@code latch} is open or {@code deadlineNanos} is there, interrupted or not; returns whether it is open. */
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

    /** Waits for the end of {@code thread} until {@code deadlineNanos}, interrupted or not; returns whether it has ended. */
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
