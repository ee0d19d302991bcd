package dev.weft.io.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * A loop's buffers for TLS records. A connection takes a buffer when it has data to store and returns it when that data has been
 * processed, so an idle connection holds none. A few buffers are kept for reuse, last in, first out. They are on the heap, where
 * the JDK's ciphers work without copying. Confined to the loop's thread.
 */
final class RecordBuffers {
    /**
     * The size of a buffer in bytes: enough for any record that the JDK's engine produces, and for any that it accepts except
     * the oversized ones of some old peers.
     */
    static final int SIZE = 17 * 1024;

    private static final int KEPT = 32;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

    /** Returns an empty buffer of at least {@code size} bytes. */
    ByteBuffer take(int size) {
        if (size > SIZE) {
            return ByteBuffer.allocate(size);
        }
        ByteBuffer last = free.pollLast();
        return last == null ? ByteBuffer.allocate(SIZE) : last;
    }

    /** Returns {@code buffer}, which is no longer needed, to this pool. */
    void give(ByteBuffer buffer) {
        if (buffer.capacity() == SIZE && free.size() < KEPT) {
            free.addLast(buffer.clear());
        }
    }
}
