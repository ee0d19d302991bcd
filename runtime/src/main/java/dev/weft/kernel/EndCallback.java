package dev.weft.kernel;

import dev.weft.Greenlet;
import dev.weft.spi.Waiter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A callback for the end of a greenlet: a joiner that does not count as having observed a failure. */
final class EndCallback<T extends @Nullable Object> extends Waiter<T> {
    private final Greenlet<T> greenlet;
    private final Consumer<? super Greenlet<T>> callback;

    EndCallback(Greenlet<T> greenlet, Consumer<? super Greenlet<T>> callback) {
        this.greenlet = greenlet;
        this.callback = callback;
    }

    @Override
    public void succeed(T value) {
        call();
    }

    @Override
    public void fail(Throwable failure) {
        call();
    }

    /** Loop's thread. */
    void call() {
        callback.accept(greenlet);
    }
}
