package dev.weft.kernel;

import dev.weft.lowlevel.Waiter;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A waiter that is a future of the user's, whose dependents are users' code and run where callbacks do. */
final class FutureCallback<T extends @Nullable Object> extends Waiter<T> {
    private final CompletableFuture<T> future;
    private final RunLoop loop;

    FutureCallback(CompletableFuture<T> future, RunLoop loop) {
        this.future = future;
        this.loop = loop;
    }

    @Override
    public void succeed(T value) {
        complete(() -> future.complete(value));
    }

    @Override
    public void fail(Throwable failure) {
        complete(() -> future.completeExceptionally(failure));
    }

    /** Told of an end that was before, it is on the thread of the one who asks. */
    private void complete(Runnable completion) {
        if (RunLoop.currentOrNull() == loop) {
            loop.callouts().callback(completion);
        } else {
            completion.run();
        }
    }
}
