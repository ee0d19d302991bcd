package dev.weft.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of a loop that {@link ByteStream#receive} lends: one is taken when there is something to put in, and given back
 * when the receiver has returned. So there are as many as receivers wait, one if none does; the last one given is the first
 * one taken, as it is still in the core's cache. Belongs to the loop's thread.
 */
final class LentBuffers {
    /** Room for what a socket has received: more in one call of the system saves little. */
    static final int SIZE = 64 * 1024;

    private static final int KEPT = 16;

    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();

    /** How a stream reads: -1 at the end, 0 if nothing is there. */
    @FunctionalInterface
    interface Attempt<S> {
        int read(S stream, ByteBuffer target) throws IOException;
    }

    private ByteBuffer take() {
        ByteBuffer last = free.pollLast();
        return last == null ? ByteBuffer.allocateDirect(SIZE) : last;
    }

    private void give(ByteBuffer buffer) {
        if (free.size() < KEPT) {
            free.addLast(buffer.clear());
        }
    }

    /** The buffers that lie here, lent to nobody. */
    int free() {
        return free.size();
    }

    /** As {@link ByteStream#receive} has it, for {@code stream}, whose {@code interest} this is. */
    static <S, X extends Exception> int receive(
            S stream, Interest interest, Attempt<S> attempt, ByteStream.Receiver<X> receiver) throws IOException, X {
        interest.begin(interest.in);
        LentBuffers buffers = interest.poller().lentBuffers();
        ByteBuffer buffer = buffers.filled(stream, interest, attempt);
        try {
            int count = buffer.position();
            if (count == 0) {
                return -1;
            }
            receiver.accept(buffer.flip());
            return count;
        } finally {
            buffers.give(buffer);
        }
    }

    /** A buffer with what there is to read, once there is something; an empty one at the end. */
    private <S> ByteBuffer filled(S stream, Interest interest, Attempt<S> attempt) throws IOException {
        Readiness in = interest.in;
        ByteBuffer buffer = in.isWorthATry() ? tryFill(stream, attempt) : null;
        if (buffer != null) {
            return buffer;
        }
        in.occupy();
        try {
            do {
                SocketStream.await(in, null);
                if (!interest.isOpen()) { // since it was woken
                    throw new AsynchronousCloseException();
                }
                buffer = tryFill(stream, attempt);
            } while (buffer == null);
            return buffer;
        } finally {
            in.vacate();
        }
    }

    private <S> @Nullable ByteBuffer tryFill(S stream, Attempt<S> attempt) throws IOException {
        ByteBuffer buffer = take();
        boolean isInVain = true;
        try {
            isInVain = attempt.read(stream, buffer) == 0;
        } finally {
            if (isInVain) {
                give(buffer);
            }
        }
        return isInVain ? null : buffer;
    }
}
