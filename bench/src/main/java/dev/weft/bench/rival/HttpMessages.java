package dev.weft.bench.rival;

import dev.weft.bench.rival.http.MessageParser;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Reads the messages of an HTTP/1.1 connection, one after the other, in whatever pieces they come. */
final class HttpMessages {
    private static final int BUFFER_SIZE = 4096;

    private final MessageParser parser;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE).limit(0);

    HttpMessages(MessageParser parser) {
        this.parser = parser;
    }

    /**
     * Waits until the next message is whole; the parser has seen it then.
     *
     * @return false if the connection ended before a further message
     * @throws java.net.ProtocolException if what came is not HTTP
     */
    boolean next(ReadableByteChannel in) throws IOException {
        while (!parser.parse(buffer)) {
            if (in.read(buffer.clear()) < 0) {
                buffer.limit(0);
                if (parser.isBetweenMessages()) {
                    return false;
                }
                throw new EOFException("the connection ended within a message");
            }
            buffer.flip();
        }
        return true;
    }
}
