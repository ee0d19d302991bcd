package dev.weft.io.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * A loop's buffers for TLS records. A connection takes one when it has something to put in, and gives it back when that
 * has been processed, so an idle connection holds none. A few are kept; the one given back last is taken first. On the
 * heap, where the JDK's ciphers work without a copy. Belongs to the loop's thread.
 */
final class RecordBuffers {
    /**
     * Room for any record that the JDK's engine makes; and for any that it accepts, except oversized ones of some old
     * peers.
     */
    static final int SIZE = 17 * 1024;

    private static final int KEPT = 32;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

    /** An empty buffer of at least {@code size} bytes. */
    ByteBuffer take(int size) {
        if (size > SIZE) {
            return ByteBuffer.allocate(size);
        }
        ByteBuffer last = free.pollLast();
        return last == null ? ByteBuffer.allocate(SIZE) : last;
    }

    /** {@code buffer} is no longer needed. */
    void give(ByteBuffer buffer) {
        if (buffer.capacity() == SIZE && free.size() < KEPT) {
            free.addLast(buffer.clear());
        }
    }
}
