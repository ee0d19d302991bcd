package dev.weft.io.selector;

import java.io.IOException;

/**
 * An operation on a channel that can be tried without waiting, such as a read. {@link Readiness#perform} tries it until it is
 * done. Implementations are constants that capture nothing, so performing one allocates nothing.
 *
 * @param <S> whose operation it is: a stream, a listener
 * @param <A> what it works on: a buffer, several buffers
 */
@FunctionalInterface
public interface Operation<S, A> {
    /** The result of an attempt that found the channel not ready. */
    long AGAIN = Long.MIN_VALUE;

    /**
     * Tries once, without waiting, and notes in the direction's {@link Readiness} what it learned: {@link Readiness#noteDrained}
     * or {@link Readiness#noteProgress}.
     *
     * @return the result, which is for the operation to define; or {@link #AGAIN}
     */
    long attempt(S subject, A argument) throws IOException;

    /**
     * Whether it is to be tried before any wait, even if the direction is not known to be ready: a write, or a read into an empty
     * buffer, which is done at once.
     */
    default boolean triesFirst(A argument) {
        return false;
    }
}
