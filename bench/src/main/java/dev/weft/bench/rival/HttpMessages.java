package dev.weft.bench.rival;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.eclipse.jetty.http.HttpParser;

/** Reads the messages of an HTTP/1.1 connection, one after the other, in whatever pieces they come: with Jetty's parser. */
final class HttpMessages {
    private static final int BUFFER_SIZE = 4096;

    private final HttpParser parser;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE).limit(0);

    /** @param parser whose handler's methods all return false, so that a message is parsed in one go */
    HttpMessages(HttpParser parser) {
        this.parser = parser;
    }

    /**
     * Waits until the next message is whole; the parser's handler has seen it then.
     *
     * @return false if the connection ended before a further message
     * @throws ProtocolException if what came is not HTTP
     */
    boolean next(ReadableByteChannel in) throws IOException {
        parser.reset();
        while (!parseMore()) {
            if (in.read(buffer.clear()) < 0) {
                buffer.limit(0);
                if (parser.isStart()) {
                    return false;
                }
                throw new EOFException("the connection ended within a message: " + parser);
            }
            buffer.flip();
        }
        return true;
    }

    /** Whether the message is whole now. */
    private boolean parseMore() throws ProtocolException {
        parser.parseNext(buffer);
        if (parser.isClose() || parser.isClosed()) {
            throw new ProtocolException("not HTTP/1.1: " + parser);
        }
        return parser.isState(HttpParser.State.END);
    }
}
