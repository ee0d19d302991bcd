package dev.weft.generator;

import org.jspecify.annotations.Nullable;

/**
 * What the body of a {@link Coroutine} gives values out through.
 *
 * @param <I> what goes in with each resume
 * @param <O> what comes out
 */
@FunctionalInterface
public interface Yielder<I extends @Nullable Object, O extends @Nullable Object> {
    /**
     * Suspends the body, and everything that it has called; {@code resume} returns {@code value}. Comes back with what the
     * next {@code resume} brings, or throws what {@code throwInto} does.
     *
     * @throws IllegalStateException if called outside the running body, while it is being closed, or under a native frame
     *     or a class initialiser
     */
    I suspend(O value);
}
