package dev.weft.kernel;

import dev.weft.spi.ContextCarrier;
import dev.weft.spi.ContextCarrier.Restoration;
import dev.weft.spi.ContextCarrier.Snapshot;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A user's code with the context of the thread that handed it over. If a group has no carrier, or there is no context, the code
 * stays as it is.
 */
@SuppressWarnings("try") // a restoration is closed, and not spoken of
public record InContext<T extends @Nullable Object>(Callable<T> body, Snapshot context)
        implements Callable<T>, WrittenElsewhere {
    @Override
    public T call() throws Exception {
        try (Restoration before = context.makeCurrent()) {
            return body.call();
        }
    }

    @Override
    public Object written() {
        return body;
    }

    @Override
    public String toString() {
        return body.toString();
    }

    /** Returns {@code body} with the caller's context. */
    public static <T extends @Nullable Object> Callable<T> callable(
            @Nullable ContextCarrier carrier, Callable<T> body) {
        if (carrier == null || body instanceof InContext<?>) {
            return body;
        }
        Snapshot context = carrier.capture();
        return context == null ? body : new InContext<>(body, context);
    }

    /** Returns {@code body}, a {@link Callable} or {@link Runnable}, with the caller's context. */
    static Object body(ContextCarrier carrier, Object body) {
        return body instanceof Callable<?> callable ? callable(carrier, callable) : runnable(carrier, (Runnable) body);
    }

    /** Returns {@code callback} with the caller's context. */
    public static Runnable runnable(@Nullable ContextCarrier carrier, Runnable callback) {
        Snapshot context = carrier == null ? null : carrier.capture();
        return context == null
                ? callback
                : () -> {
                    try (Restoration before = context.makeCurrent()) {
                        callback.run();
                    }
                };
    }

    /** Returns {@code callback} with the caller's context. */
    static <T extends @Nullable Object> Consumer<? super T> consumer(
            @Nullable ContextCarrier carrier, Consumer<? super T> callback) {
        Snapshot context = carrier == null ? null : carrier.capture();
        return context == null
                ? callback
                : value -> {
                    try (Restoration before = context.makeCurrent()) {
                        callback.accept(value);
                    }
                };
    }
}
