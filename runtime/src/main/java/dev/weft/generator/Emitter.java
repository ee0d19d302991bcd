package dev.weft.generator;

import org.jspecify.annotations.Nullable;

/**
 * The outlet through which the body of a {@link Generator} emits values; it may be passed to any code that the body calls.
 *
 * @param <T> the values
 */
@FunctionalInterface
public interface Emitter<T extends @Nullable Object> {
    /**
     * Emits {@code value}, which may be null, and returns when the next value is requested.
     *
     * @throws IllegalStateException if called outside the running body, while it is being closed, or under a native frame
     *     or a class initialiser
     */
    void emit(T value);

    /**
     * Emits all {@code values}, one by one. If that is a generator, it is closed at the end, also if this one is closed half
     * way, as with Python's {@code yield from} (PEP 380).
     */
    default void emitAll(Iterable<? extends T> values) {
        if (values instanceof Generator<? extends T> inner) {
            try (inner) {
                inner.forEach(this::emit);
            }
        } else {
            values.forEach(this::emit);
        }
    }
}
