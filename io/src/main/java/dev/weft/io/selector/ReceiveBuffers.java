package dev.weft.io.selector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A loop's buffers for {@code ByteStream.receive}. A buffer is taken when there is data to read and returned when the receiver is
 * done, so an idle connection holds none. Buffers are reused last in, first out, because the last one is still in the CPU cache.
 * Confined to the loop's thread.
 */
public final class ReceiveBuffers {
    /** The size of a buffer in bytes. Receiving more in one system call gains little. */
    static final int SIZE = 64 * 1024;

    private static final int KEPT = 16;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private @Nullable ByteBuffer filled; // filled by an attempt, and taken by its caller before any other code runs

    ReceiveBuffers() {}

    /** Tries {@code read} on a buffer. If it reads any bytes, {@link #takeFilled} returns the buffer. */
    public <S> long tryFill(S stream, Operation<S, ByteBuffer> read) throws IOException {
        ByteBuffer last = free.pollLast();
        ByteBuffer buffer = last == null ? ByteBuffer.allocateDirect(SIZE) : last;
        long count = Operation.AGAIN;
        try {
            count = read.attempt(stream, buffer);
            return count;
        } finally {
            if (count > 0) {
                filled = buffer;
            } else {
                giveBack(buffer);
            }
        }
    }

    /** Returns the filled buffer, ready for reading. Must be followed by {@link #giveBack}. */
    public ByteBuffer takeFilled() {
        ByteBuffer buffer = Objects.requireNonNull(filled, "nothing was read");
        filled = null;
        return buffer.flip();
    }

    /** Returns a buffer that is no longer needed to this pool. */
    public void giveBack(ByteBuffer buffer) {
        if (free.size() < KEPT) {
            free.addLast(buffer.clear());
        }
    }

    /** Returns the number of buffers that are kept and not in use. */
    public int free() {
        return free.size();
    }
}
