package dev.weft.bench.rival;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ByteChannel;
import java.util.Deque;

/**
 * What differs between a greenlet, a virtual thread and a platform thread for each connection: so little that the {@link
 * Handler}s are the same code.
 *
 * @param <C> the connections; reads and writes look as if they blocked
 */
interface Carrier<C extends ByteChannel> {
    /** A step of a handler, which may wait. */
    @FunctionalInterface
    interface Step {
        /** Does it. */
        void run() throws IOException;
    }

    /** A new connection to {@code address}, with TCP_NODELAY. */
    C connect(InetSocketAddress address) throws IOException;

    /**
     * What comes on {@code connection}.
     *
     * @param bufferSize what fits into the buffer, if it has to be its own
     */
    default Input input(C connection, int bufferSize) {
        return Input.of(connection, bufferSize);
    }

    /** The peer sees the end of the stream, and may go on sending. */
    void shutdownOutput(C connection) throws IOException;

    /** Runs {@code first} and {@code second} side by side, and returns when both have ended. */
    void both(Step first, Step second) throws IOException;

    /** An empty collection for what the connections of one {@link Handler} share. */
    <T> Deque<T> sharedDeque();
}
