package dev.weft.io.tls;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The buffers of a loop in which TLS records lie while they are on their way. A connection takes one when it has something to
 * put in, and gives it back when that is through, so one that waits holds none. A few are kept, the last one given being the
 * first one taken. On the heap, where the JDK's ciphers work without a copy. Belongs to the loop's thread.
 */
final class RecordBuffers {
    /** Room for any record that JDK's engine makes or, but for those of a defect of old peers, takes. */
    static final int SIZE = 17 * 1024;

    private static final int KEPT = 32;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

    /** An empty buffer of {@code size} at least. */
    ByteBuffer take(int size) {
        if (size > SIZE) {
            return ByteBuffer.allocate(size);
        }
        ByteBuffer last = free.pollLast();
        return last == null ? ByteBuffer.allocate(SIZE) : last;
    }

    /** {@code buffer} is not needed any more. */
    void give(ByteBuffer buffer) {
        if (buffer.capacity() == SIZE && free.size() < KEPT) {
            free.addLast(buffer.clear());
        }
    }
}
