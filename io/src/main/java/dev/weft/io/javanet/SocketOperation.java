package dev.weft.io.javanet;

import java.io.IOException;

/**
 * An operation on a socket's channel that can be tried without waiting; {@link ReadinessWait#perform} tries it until it is done.
 * Implementations are constants that capture nothing.
 */
@FunctionalInterface
interface SocketOperation<S, A> {
    /** The result of an attempt that found the channel not ready. */
    long AGAIN = Long.MIN_VALUE;

    /** Tries once, and notes in {@code wait} what it learned; returns its result or {@link #AGAIN}. */
    long attempt(S socket, ReadinessWait wait, A argument) throws IOException;
}
