package dev.weft.bench.rival;

import dev.weft.io.ByteStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.Deque;

/**
 * The operations that differ between greenlets, virtual threads and platform threads, so that the {@link Handler}s can share
 * their code.
 *
 * @param <C> the type of connection, with blocking-style reads and writes
 */
interface Concurrency<C extends ByteChannel> {
    /** One of two concurrent actions; may wait. */
    @FunctionalInterface
    interface Branch {
        void run() throws IOException;
    }

    /** The input of a connection. For one task at a time. */
    @FunctionalInterface
    interface Input {
        /**
         * Waits for bytes and passes them to {@code receiver}, which owns the buffer until it returns.
         *
         * @return the number of bytes; -1 at the end of the stream, without a call of {@code receiver}
         */
        int receive(ByteStream.Receiver<IOException> receiver) throws IOException;
    }

    /** Opens a connection to {@code address}, with TCP_NODELAY. */
    C connect(InetSocketAddress address) throws IOException;

    /** Returns the input of {@code connection}. By default it has its own buffer, which a thread holds while it waits. */
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

    /** Sends an end of stream; the peer may continue to send. */
    void shutdownOutput(C connection) throws IOException;

    /** Runs {@code first} and {@code second} concurrently, and returns when both have ended. */
    void both(Branch first, Branch second) throws IOException;

    /** Returns an empty deque that the connections of one {@link Handler} can share. */
    <T> Deque<T> sharedDeque();
}
