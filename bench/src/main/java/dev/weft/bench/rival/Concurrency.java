package dev.weft.bench.rival;

import dev.weft.io.ByteStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Deque;

/**
 * What differs between a greenlet, a virtual thread and a platform thread for each connection: so little that the {@link
 * Handler}s are the same code.
 *
 * @param <C> the connections; reads and writes look as if they blocked
 */
interface Concurrency<C extends ByteChannel> {
    /** One of two things done side by side; it may wait. */
    @FunctionalInterface
    interface Branch {
        void run() throws IOException;
    }

    /** What comes on a connection. For one task at a time. */
    @FunctionalInterface
    interface Input {
        /**
         * Waits until something has come, and has {@code receiver} take it. The buffer is the receiver's until it returns.
         *
         * @return how many bytes there were; -1 at the end of the stream, and then {@code receiver} is not called
         */
        int receive(ByteStream.Receiver<IOException> receiver) throws IOException;
    }

    /** A new connection to {@code address}, with TCP_NODELAY. */
    C connect(InetSocketAddress address) throws IOException;

    /** What comes on {@code connection}, by default in a buffer of its own, which a thread holds while it waits. */
    default Input input(C connection, int bufferSize) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bufferSize);
        return receiver -> {
            int count = connection.read(buffer.clear());
            if (count >= 0) {
                receiver.accept(buffer.flip());
            }
            return count;
        };
    }

    /** The peer sees the end of the stream, and may go on sending. */
    void shutdownOutput(C connection) throws IOException;

    /** Runs {@code first} and {@code second} side by side, and returns when both have ended. */
    void both(Branch first, Branch second) throws IOException;

    /** An empty collection for what the connections of one {@link Handler} share. */
    <T> Deque<T> sharedDeque();
}
