package dev.weft.io.selector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A loop's buffers for {@code ByteStream.receive}. A buffer is taken when there is something to read, and given back when the
 * receiver has returned, so an idle connection holds none. The buffer given back last is taken first, since it is still in the
 * core's cache. Belongs to the loop's thread.
 */
public final class ReceiveBuffers {
    /** The size of a buffer in bytes. Receiving more with one system call saves little. */
    static final int SIZE = 64 * 1024;

    private static final int KEPT = 16;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
    private @Nullable ByteBuffer filled; // by an attempt, whose caller takes it before anything else runs

    ReceiveBuffers() {}

    /** Tries {@code read} on a buffer; if it reads something, {@link #takeFilled} has the buffer. */
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

    /** The buffer that was filled, ready to be read; {@link #giveBack} must follow. */
    public ByteBuffer takeFilled() {
        ByteBuffer buffer = Objects.requireNonNull(filled, "nothing was read");
        filled = null;
        return buffer.flip();
    }

    /** The buffer is no longer needed. */
    public void giveBack(ByteBuffer buffer) {
        if (free.size() < KEPT) {
            free.addLast(buffer.clear());
        }
    }

    /** How many buffers are kept and not in use. */
    public int free() {
        return free.size();
    }
}
