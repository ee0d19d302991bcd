package dev.weft.kernel;

import dev.weft.spi.Waiter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A waiter that is a future of the user's, whose dependents are users' code and run where {@code callbacks} says. */
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
