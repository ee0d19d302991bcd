package dev.weft.bench.rival;

import dev.weft.io.ByteStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** What comes on a connection. For one task at a time. */
@FunctionalInterface
interface Input {
    /**
     * Waits until something has come, and has {@code receiver} take it. The buffer is only the receiver's until it returns.
     *
     * @return how many bytes there were; -1 at the end of the stream, and then {@code receiver} is not called
     */
    int receive(ByteStream.Receiver<IOException> receiver) throws IOException;

    /** With a buffer of its own, which a thread holds while it waits. */
    static Input of(ReadableByteChannel channel, int bufferSize) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bufferSize);
        return receiver -> {
            int count = channel.read(buffer.clear());
            if (count >= 0) {
                receiver.accept(buffer.flip());
            }
            return count;
        };
    }
}
