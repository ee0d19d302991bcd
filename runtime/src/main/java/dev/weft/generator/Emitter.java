package dev.weft.generator;

import org.jspecify.annotations.Nullable;

/**
 * What the body of a {@link Generator} gives its values out through; it may be passed to whatever the body calls.
 *
 * @param <T> the values
 */
@FunctionalInterface
public interface Emitter<T extends @Nullable Object> {
    /**
     * Gives out {@code value}, which may be null, and comes back when the next one is asked for.
     *
     * @throws IllegalStateException if called outside the running body, while it is being closed, or under a native frame
     *     or a class initialiser
     */
    void emit(T value);

    /**
     * Gives out all of {@code values}, one by one. A generator among them is closed at the end, also when this one is closed
     * half-way, as Python's {@code yield from} does (PEP 380).
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
