package dev.weft.generator;

import org.jspecify.annotations.Nullable;

/**
 * The outlet through which the body of a {@link Coroutine} suspends itself.
 *
 * @param <I> the input of each resume
 * @param <O> the output
 */
@FunctionalInterface
public interface Yielder<I extends @Nullable Object, O extends @Nullable Object> {
    /**
     * Suspends the body, with all its callees, so that {@code resume} returns {@code value}. Returns the input of the next
     * {@code resume}, or throws the failure passed to {@code throwInto}.
     *
     * @throws IllegalStateException if called outside the running body, while it is being closed, or under a native frame
     *     or a class initialiser
     */
    I suspend(O value);
}
