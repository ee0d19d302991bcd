package dev.weft.bench.rival;

import dev.weft.bench.rival.http.MessageParser;
import dev.weft.io.ByteStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the messages of a connection one by one, in pieces of any size. */
final class Messages implements ByteStream.Receiver<IOException> {
    /** Enough for a message of the bench. */
    static final int BUFFER_SIZE = 4096;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Concurrency.Input input;
    private final MessageParser parser;
    private ByteBuffer rest = NOTHING; // bytes received after the last message
    private boolean isWhole;

    Messages(Concurrency.Input input, MessageParser parser) {
        this.input = input;
        this.parser = parser;
    }

    /** Waits until the parser has seen a complete message; returns false if the connection ended before it began. */
    boolean next() throws IOException {
        isWhole = rest.hasRemaining() && parser.parse(rest);
        while (!isWhole) {
            if (input.receive(this) < 0) {
                if (parser.isBetweenMessages()) {
                    return false;
                }
                throw new EOFException("the connection ended in the middle of a message");
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
