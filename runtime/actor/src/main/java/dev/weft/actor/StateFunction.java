package dev.weft.actor;

import org.jspecify.annotations.Nullable;

/**
 * A question to an {@link Owner}: run by its greenlet, with its state.
 *
 * @param <S> the state
 * @param <R> the answer
 * @param <X> the exception that it may throw
 */
@FunctionalInterface
public interface StateFunction<S, R extends @Nullable Object, X extends Exception> {
    /** Returns the answer. It may change the state and may wait; meanwhile, the owner handles nothing else. */
    R apply(S state) throws X;
}
