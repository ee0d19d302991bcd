package dev.weft.cluster;

import org.jspecify.annotations.Nullable;

/**
 * What an owner does with a message that comes through a {@link Ref}. Called by the owner's greenlet, with its state; as a request to
 * an {@link dev.weft.actor.Owner} it may wait, and must not hand out the state.
 *
 * @param <S> the state
 * @param <M> the messages
 */
@FunctionalInterface
public interface Receiver<S, M> {
    /**
     * Handles {@code message}.
     *
     * @return the answer if the message was asked; otherwise it is ignored
     * @throws Exception to the asker; if the message was told, it ends the owner
     */
    @Nullable Object receive(S state, M message) throws Exception;
}
