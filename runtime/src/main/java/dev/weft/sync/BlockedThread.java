package dev.weft.sync;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.spi.Claim;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The wait of a plain thread, outside any loop. May be completed by any thread. */
final class BlockedThread<T extends @Nullable Object> extends Waiter<T> {
    private final Thread thread = Thread.currentThread();
    private final Claim claim = new Claim();
    private final CompletableFuture<T> outcome = new CompletableFuture<>();

    /** Blocks the caller until {@code target} completes, for at most {@code timeout} if one is given. */
    static <T extends @Nullable Object> T await(CrossLoopAwaitable<T> target, @Nullable Duration timeout) {
        BlockedThread<T> blocked = new BlockedThread<>();
        target.subscribe(blocked);
        try {
            return timeout == null
                    ? blocked.outcome.get()
                    : blocked.outcome.get(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return blocked.interrupted(target, e);
        } catch (TimeoutException e) {
            if (target.unsubscribe(blocked)) {
                throw new DeadlineExceeded(target, timeout == null ? Duration.ZERO : timeout);
            }
            return blocked.late();
        } catch (ExecutionException e) {
            throw rethrow(e);
        } finally {
            target.returned();
        }
    }

    private T interrupted(CrossLoopAwaitable<T> target, InterruptedException e) {
        try {
            if (target.unsubscribe(this)) {
                throw new Cancelled("interrupted while waiting for " + target, e);
            }
            return late();
        } finally {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the completion that is on its way. */
    private T late() {
        try {
            return outcome.join();
        } catch (CompletionException e) {
            throw rethrow(e);
        }
    }

    private static RuntimeException rethrow(Exception wrapped) {
        Throwable failure = wrapped.getCause();
        if (failure instanceof Error error) {
            throw error;
        }
        return failure instanceof RuntimeException known ? known : new IllegalStateException(failure);
    }

    @Override
    public void succeed(T value) {
        outcome.complete(value);
    }

    @Override
    public void fail(Throwable failure) {
        outcome.completeExceptionally(failure);
    }

    @Override
    public Claim claim() {
        return claim;
    }

    @Override
    public Claim share() {
        return claim;
    }

    @Override
    public String toString() {
        return thread.toString();
    }
}
