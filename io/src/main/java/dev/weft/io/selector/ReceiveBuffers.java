package dev.weft.io.selector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * A loop's buffers for {@code ByteStream.receive}. A buffer is taken when there is data to read and returned when the receiver is
 * done, so an idle connection holds none. Buffers are reused last in, first out, because the last one is still in the CPU cache.
 * Confined to the loop's thread.
 */
public final class ReceiveBuffers {
    /** The size of a buffer in bytes. Receiving more in one system call gains little. */
    static final int SIZE = 64 * 1024;

    private static final int KEPT = SelectorPoller.PORTION; // up to so many are filled before their receivers run

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

    ReceiveBuffers() {}

    /** Tries {@code read} on a buffer. If it reads any bytes, {@link SelectedStream#takeReceived} of {@code below} returns it. */
    public <S> long tryFill(SelectedStream below, S stream, Operation<S, ByteBuffer> read) throws IOException {
        ByteBuffer last = free.pollLast();
        ByteBuffer buffer = last == null ? ByteBuffer.allocateDirect(SIZE) : last;
        long count = Operation.AGAIN;
        try {
            count = read.attempt(stream, buffer);
            return count;
        } finally {
            if (count > 0) {
                below.received(buffer);
            } else {
                giveBack(buffer);
            }
        }
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
