package dev.weft.bench.rival;

import dev.weft.bench.rival.http.MessageParser;
import dev.weft.io.ByteStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the messages of an HTTP/1.1 connection, one after the other, in whatever pieces they come. */
final class HttpMessages implements ByteStream.Receiver<IOException> {
    /** What a connection reads at once, where it has a buffer of its own. */
    static final int BUFFER_SIZE = 4096;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Input input;
    private final MessageParser parser;
    private ByteBuffer rest = NOTHING; // what came behind the last message
    private boolean isWhole;

    HttpMessages(Input input, MessageParser parser) {
        this.input = input;
        this.parser = parser;
    }

    /**
     * Waits until the next message is whole; the parser has seen it then.
     *
     * @return false if the connection ended before a further message
     * @throws java.net.ProtocolException if what came is not HTTP
     */
    boolean next() throws IOException {
        isWhole = rest.hasRemaining() && parser.parse(rest);
        while (!isWhole) {
            if (input.receive(this) < 0) {
                if (parser.isBetweenMessages()) {
                    return false;
                }
                throw new EOFException("the connection ended within a message");
            }
        }
        return true;
    }

    @Override
    public void accept(ByteBuffer bytes) throws IOException {
        isWhole = parser.parse(bytes);
        if (bytes.hasRemaining()) {
            rest = ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
        }
    }
}
