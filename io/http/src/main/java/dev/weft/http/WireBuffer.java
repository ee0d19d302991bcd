package dev.weft.http;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A growing buffer in which heads and small bodies are put together. Confined to a loop, whose connections take it in turn. */
final class WireBuffer {
    static final int USUAL_SIZE = 16 << 10; // up to which writes are gathered

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private byte[] bytes = new byte[1024];
    private ByteBuffer view = ByteBuffer.wrap(bytes);
    private int length;

    int length() {
        return length;
    }

    boolean isUsual() {
        return bytes.length <= USUAL_SIZE;
    }

    void clear() {
        length = 0;
    }

    /** Returns what has been put, until the next change. */
    ByteBuffer written() {
        return view.limit(length).position(0);
    }

    WireBuffer put(byte[] source) {
        return put(source, 0, source.length);
    }

    WireBuffer put(byte[] source, int offset, int count) {
        reserve(count);
        System.arraycopy(source, offset, bytes, length, count);
        length += count;
        return this;
    }

    /** Takes the remaining bytes of {@code source}. */
    WireBuffer put(ByteBuffer source) {
        int count = source.remaining();
        reserve(count);
        source.get(bytes, length, count);
        length += count;
        return this;
    }

    /** Puts the characters of {@code text}, which are in ISO-8859-1. */
    @SuppressWarnings("deprecation") // copies without an encoder; the characters have been checked
    WireBuffer put(String text) {
        int count = text.length();
        reserve(count);
        text.getBytes(0, count, bytes, length);
        length += count;
        return this;
    }

    WireBuffer put(byte value) {
        reserve(1);
        bytes[length++] = value;
        return this;
    }

    WireBuffer endLine() {
        reserve(2);
        bytes[length++] = '\r';
        bytes[length++] = '\n';
        return this;
    }

    WireBuffer putDecimal(long value) {
        return put(Long.toString(value));
    }

    WireBuffer putHex(int value) {
        int shift = 28;
        while (shift > 0 && value >>> shift == 0) {
            shift -= 4;
        }
        for (; shift >= 0; shift -= 4) {
            put(HEX[value >>> shift & 15]);
        }
        return this;
    }

    private void reserve(int count) {
        if (bytes.length - length < count) {
            int larger = Math.addExact(length, count);
            bytes = Arrays.copyOf(bytes, Math.max(larger, bytes.length * 2));
            view = ByteBuffer.wrap(bytes);
        }
    }
}
