package dev.weft.kernel;

import dev.weft.spi.Waiter;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A waiter that completes a future. */
final class FutureCompletion<T extends @Nullable Object> extends Waiter<T> {
    private final CompletableFuture<T> future;

    FutureCompletion(CompletableFuture<T> future) {
        this.future = future;
    }

    @Override
    public void succeed(T value) {
        future.complete(value);
    }

    @Override
    public void fail(Throwable failure) {
        future.completeExceptionally(failure);
    }
}
