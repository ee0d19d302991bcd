package dev.weft.io.javanet;

import java.io.IOException;

/**
 * A non-blocking attempt at an operation on a socket's channel. {@link ReadinessWait#perform} repeats it until it succeeds.
 * Implementations are non-capturing constants.
 */
@FunctionalInterface
interface SocketOperation<S, A> {
    /** The result of an attempt that found the channel not ready. */
    long AGAIN = Long.MIN_VALUE;

    /** Tries once and records in {@code wait} what it learned. Returns its result or {@link #AGAIN}. */
    long attempt(S socket, ReadinessWait wait, A argument) throws IOException;

    /** As {@link dev.weft.io.selector.Operation#suitsPass}. */
    default boolean suitsPass() {
        return false;
    }

    /** An operation that suits the pass. */
    @FunctionalInterface
    interface PlainTransfer<S, A> extends SocketOperation<S, A> {
        @Override
        default boolean suitsPass() {
            return true;
        }
    }
}
