package dev.weft.bench.load;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** An off-heap buffer for sending and receiving. Not thread-safe. */
final class Bytes {
    private final ByteBuffer buffer;
    private final long address;

    Bytes(int capacity) {
        buffer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
        address = MemorySegment.ofBuffer(buffer).address();
    }

    /** Returns a buffer that holds exactly {@code content}. */
    static Bytes of(byte[] content) {
        Bytes bytes = new Bytes(content.length);
        bytes.buffer.put(0, content);
        return bytes;
    }

    int capacity() {
        return buffer.capacity();
    }

    long address() {
        return address;
    }

    /** Returns a view of the first {@code length} bytes. */
    ByteBuffer first(int length) {
        return buffer.slice(0, length);
    }

    byte byteAt(int index) {
        return buffer.get(index);
    }

    long longAt(int index) {
        return buffer.getLong(index);
    }

    void putLong(int index, long value) {
        buffer.putLong(index, value);
    }

    void put(int index, byte[] source) {
        buffer.put(index, source);
    }

    /** Copies the first {@code length} bytes to {@code target}, starting at its index {@code at}. */
    void copyTo(byte[] target, int at, int length) {
        buffer.get(0, target, at, length);
    }

    /** Copies {@code length} bytes of {@code source}, starting at its index {@code from}, to the start of this buffer. */
    void copyFrom(Bytes source, int from, int length) {
        buffer.put(0, source.buffer, from, length);
    }
}
