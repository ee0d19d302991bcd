package dev.weft.http;

import dev.weft.io.ByteStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the frames that a client sends (RFC 6455, section 5). For one greenlet. */
final class WebSocketInput {
    private static final int BUFFER_SIZE = 1024;
    private static final int CHUNK = 16 << 10; // at least BUFFER_SIZE

    private final Source source;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_SIZE).flip();
    private final byte[] mask = new byte[4];

    /** Where the bytes come from. */
    @FunctionalInterface
    interface Source {
        /** As {@link ByteStream#read(ByteBuffer)}. */
        int read(ByteBuffer target) throws IOException;
    }

    WebSocketInput(Source source) {
        this.source = source;
    }

    /**
     * Waits for the next frame.
     *
     * @param limit the longest payload of a frame that is not a control frame
     * @throws WebSocketFailure if it violates the protocol or the limit
     * @throws EOFException at the end of the stream
     */
    WebSocketFrame next(int limit) throws IOException {
        require(2);
        int first = buffer.get();
        int second = buffer.get();
        int opcode = first & WebSocketFrame.OPCODE;
        boolean isLast = (first & WebSocketFrame.LAST) != 0;
        if ((first & WebSocketFrame.RESERVED) != 0) {
            throw wrong("a reserved bit is set, but no extension was agreed upon");
        }
        if ((second & WebSocketFrame.MASKED) == 0) {
            throw wrong("a client must mask its frames");
        }
        long length = length(second & WebSocketFrame.LENGTH);
        requireValid(opcode, isLast, length);
        if (!WebSocketFrame.isControl(opcode) && length > limit) {
            throw new WebSocketFailure(WebSocketFailure.TOO_BIG, "the message is too long");
        }
        require(mask.length);
        buffer.get(mask);
        return new WebSocketFrame(isLast, opcode, payload((int) length));
    }

    private static void requireValid(int opcode, boolean isLast, long length) throws WebSocketFailure {
        switch (opcode) {
            case WebSocketFrame.CONTINUATION, WebSocketFrame.TEXT, WebSocketFrame.BINARY -> {
                if (length < 0) {
                    throw wrong("the length of a frame is negative");
                }
            }
            case WebSocketFrame.CLOSE, WebSocketFrame.PING, WebSocketFrame.PONG -> {
                if (!isLast || length < 0 || length > WebSocketFrame.LONGEST_CONTROL) {
                    throw wrong("a control frame is fragmented or has more than 125 bytes");
                }
            }
            default -> throw wrong("no frame has the opcode " + opcode);
        }
    }

    private static WebSocketFailure wrong(String message) {
        return new WebSocketFailure(WebSocketFailure.PROTOCOL_ERROR, message);
    }

    private long length(int shortLength) throws IOException {
        if (shortLength == WebSocketFrame.LENGTH_OF_16_BITS) {
            require(Short.BYTES);
            return buffer.getShort() & 0xffff;
        }
        if (shortLength == WebSocketFrame.LENGTH_OF_64_BITS) {
            require(Long.BYTES);
            return buffer.getLong();
        }
        return shortLength;
    }

    /** Reads the payload into memory that grows as it arrives, so that a length alone costs nothing. */
    private ByteBuffer payload(int length) throws IOException {
        ByteBuffer payload = ByteBuffer.allocate(Math.min(length, CHUNK));
        int buffered = Math.min(payload.capacity(), buffer.remaining());
        payload.put(buffer.slice(buffer.position(), buffered));
        buffer.position(buffer.position() + buffered);
        while (payload.position() < length) {
            if (!payload.hasRemaining()) {
                int grown = (int) Math.min(length, 2L * payload.capacity());
                payload = ByteBuffer.allocate(grown).put(payload.flip());
            }
            requireMore(source.read(payload));
        }
        unmask(payload.array());
        return payload.flip();
    }

    private void unmask(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= mask[i & 3];
        }
    }

    /** Waits until the buffer has {@code count} bytes. */
    private void require(int count) throws IOException {
        if (buffer.remaining() < count) {
            buffer.compact();
            while (buffer.position() < count) {
                requireMore(source.read(buffer));
            }
            buffer.flip();
        }
    }

    private static void requireMore(int count) throws EOFException {
        if (count < 0) {
            throw new EOFException("the client has closed the connection without a close frame");
        }
    }
}
