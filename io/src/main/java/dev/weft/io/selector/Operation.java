package dev.weft.io.selector;

import java.io.IOException;

/**
 * A non-blocking attempt at an operation on a channel, such as a read. {@link Readiness#perform} repeats it until it succeeds.
 * Implementations are non-capturing constants, so performing one does not allocate.
 *
 * @param <S> the type of the subject, such as a stream or a listener
 * @param <A> the type of the argument, such as one or several buffers
 */
@FunctionalInterface
public interface Operation<S, A> {
    /** The result of an attempt that found the channel not ready. */
    long AGAIN = Long.MIN_VALUE;

    /**
     * Tries once, without waiting, and records in the direction's {@link Readiness} what it learned, by {@link
     * Readiness#noteDrained} or {@link Readiness#noteProgress}.
     *
     * @return a result defined by the operation, or {@link #AGAIN}
     */
    long attempt(S subject, A argument) throws IOException;

    /**
     * Returns whether to try before any wait, even if the direction is not known to be ready. True for a write, and for a read
     * into an empty buffer, which succeeds immediately.
     */
    default boolean triesFirst(A argument) {
        return false;
    }

    /**
     * Returns whether the poller may make attempts for a waiting greenlet, on the loop's thread. Such an attempt must enter no
     * monitor and take no lock that greenlets and other threads also use: one that passed to a greenlet while the loop's thread
     * waited behind it would stop the loop for ever. Otherwise the poller only {@linkplain #prepare prepares} the greenlet's.
     */
    default boolean suitsPass() {
        return false;
    }

    /**
     * Does that part of an attempt which suits the pass, such as reading what the greenlet then decrypts, for an operation that as
     * a whole does not. Called by the poller, on the loop's thread. A failure is kept for the attempt.
     *
     * @return whether to wake the greenlet; if not, the wait goes on
     */
    default boolean prepare(S subject) {
        return true;
    }

    /** An operation that {@linkplain #suitsPass suits the pass}, as plain transfers do. */
    @FunctionalInterface
    interface InPass<S, A> extends Operation<S, A> {
        @Override
        default boolean suitsPass() {
            return true;
        }
    }
}
