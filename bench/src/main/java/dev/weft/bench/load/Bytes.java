package dev.weft.bench.load;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory outside the heap that sockets send from and receive into. One thread uses it. */
final class Bytes {
    private final ByteBuffer buffer;
    private final long address;

    Bytes(int capacity) {
        buffer = ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
        address = MemorySegment.ofBuffer(buffer).address();
    }

    /** Memory that holds {@code content} and nothing else. */
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

    /** Copies the first {@code length} bytes to {@code target}, from its {@code at} on. */
    void copyTo(byte[] target, int at, int length) {
        buffer.get(0, target, at, length);
    }

    /** Makes the first {@code length} bytes those of {@code source} from {@code from} on. */
    void copyFrom(Bytes source, int from, int length) {
        buffer.put(0, source.buffer, from, length);
    }
}
