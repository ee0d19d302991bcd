package dev.weft.kernel;

import dev.weft.spi.Waiter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A waiter that completes a user's future through {@code callbacks}, as the future's dependents are users' code. */
final class FutureCallback<T extends @Nullable Object> extends Waiter<T> {
    private final CompletableFuture<T> future;
    private final Executor callbacks;

    FutureCallback(CompletableFuture<T> future, Executor callbacks) {
        this.future = future;
        this.callbacks = callbacks;
    }

    @Override
    public void succeed(T value) {
        callbacks.execute(() -> future.complete(value));
    }

    @Override
    public void fail(Throwable failure) {
        callbacks.execute(() -> future.completeExceptionally(failure));
    }
}
