package dev.weft.actor;

/**
 * A request to an {@link Owner} without an answer: run by its greenlet, with its state.
 *
 * @param <S> the state
 */
@FunctionalInterface
public interface StateAction<S> {
    /** Handles the request. It may wait; meanwhile, the owner handles nothing else. */
    void accept(S state) throws Exception;
}
