package dev.weft.cluster;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads the parts of a frame, which a {@link FrameWriter} wrote.
 *
 * <p>All methods throw {@link Garbled} if the bytes do not have what is read.
 */
final class FrameReader {
    private final ByteBuffer bytes;

    FrameReader(byte[] bytes) {
        this(ByteBuffer.wrap(bytes));
    }

    private FrameReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** Thrown if bytes are not what a node sends. */
    static final class Garbled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Garbled(String message) {
            super(message);
        }
    }

    boolean hasMore() {
        return bytes.hasRemaining();
    }

    byte getByte() {
        try {
            return bytes.get();
        } catch (BufferUnderflowException e) {
            throw tooShort(1);
        }
    }

    int getInt() {
        try {
            return bytes.getInt();
        } catch (BufferUnderflowException e) {
            throw tooShort(Integer.BYTES);
        }
    }

    long getLong() {
        try {
            return bytes.getLong();
        } catch (BufferUnderflowException e) {
            throw tooShort(Long.BYTES);
        }
    }

    byte[] getBytes() {
        return getRaw(length());
    }

    String getString() {
        return new String(getBytes(), StandardCharsets.UTF_8);
    }

    /** Returns all that is left. */
    byte[] rest() {
        return getRaw(bytes.remaining());
    }

    /** Returns a reader of a part that is written with its number of bytes. */
    FrameReader part() {
        int length = length();
        FrameReader part = new FrameReader(bytes.slice(bytes.position(), length));
        bytes.position(bytes.position() + length);
        return part;
    }

    private int length() {
        int length = getInt();
        if (length < 0 || length > bytes.remaining()) {
            throw tooShort(length);
        }
        return length;
    }

    private byte[] getRaw(int length) {
        byte[] value = new byte[length];
        bytes.get(value);
        return value;
    }

    private Garbled tooShort(int wanted) {
        return new Garbled("a part of " + wanted + " bytes was expected where " + bytes.remaining() + " are left");
    }
}
