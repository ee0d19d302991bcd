package dev.weft.io.javanet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * The way in which a caller waits until a channel is ready. The greenlets of each loop share one instance, and all other threads
 * share another. The socket's {@link DirectionLock}s ensure that each direction has one user at a time.
 */
abstract sealed class ReadinessWait permits GreenletWait, ThreadWait {
    /** The timeout of an unlimited wait. */
    static final long FOREVER = Long.MAX_VALUE;

    /**
     * Tries {@code operation} until it succeeds, waiting between attempts for at most {@code nanos} in total, or {@link
     * #FOREVER}. Returns its result, or {@link SocketOperation#AGAIN} if the time expires.
     */
    final <S, A> long perform(Direction direction, S socket, A argument, SocketOperation<S, A> operation, long nanos)
            throws IOException {
        long result = operation.attempt(socket, this, argument);
        return result == SocketOperation.AGAIN
                ? performWhenReady(direction, socket, argument, operation, nanos)
                : result;
    }

    /** Does the same as {@link #perform}, but skips the first attempt unless it may succeed. */
    final <S, A> long performIfWorthATry(
            Direction direction, S socket, A argument, SocketOperation<S, A> operation, long nanos) throws IOException {
        return isWorthATry(direction)
                ? perform(direction, socket, argument, operation, nanos)
                : performWhenReady(direction, socket, argument, operation, nanos);
    }

    /** The part of {@link #perform} that waits. */
    <S, A> long performWhenReady(Direction direction, S socket, A argument, SocketOperation<S, A> operation, long nanos)
            throws IOException {
        long begin = nanos == FOREVER ? 0 : System.nanoTime();
        long left = nanos;
        while (left > 0 && await(direction, left)) {
            long result = operation.attempt(socket, this, argument);
            if (result != SocketOperation.AGAIN) {
                return result;
            }
            left = nanos == FOREVER ? FOREVER : nanos - (System.nanoTime() - begin);
        }
        return SocketOperation.AGAIN;
    }

    /** Called before an operation. Throws {@link dev.weft.Cancelled} if the caller was killed, and occasionally yields. */
    abstract void checkpoint();

    /** Returns whether an attempt may succeed. If not, the caller should wait first. */
    abstract boolean isWorthATry(Direction direction);

    /** Records that an operation found the direction not ready, or exhausted it. */
    abstract void noteDrained(Direction direction);

    /** Records that an operation succeeded and that another may be possible. */
    abstract void noteProgress(Direction direction);

    /** Records a transfer of {@code count} bytes where {@code room} were possible. */
    abstract void noteTransfer(Direction direction, long count, long room);

    /** Reads from {@code channel}, the one that is waited for, without waiting; neither direction is shut. */
    int read(ReadableByteChannel channel, ByteBuffer target) throws IOException {
        return channel.read(target);
    }

    /** Writes to {@code channel}, the one that is waited for, without waiting; neither direction is shut. */
    int write(WritableByteChannel channel, ByteBuffer source) throws IOException {
        return channel.write(source);
    }

    /** Sets the {@link java.nio.channels.SelectionKey} operation to wait for. */
    abstract void become(Direction direction, int operation);

    /**
     * Waits until the direction may be ready, for at most {@code nanos}, or {@link #FOREVER}.
     *
     * @return false if the time expires
     * @throws java.io.InterruptedIOException if the caller is a virtual thread or a greenlet and was interrupted
     * @throws java.nio.channels.ClosedChannelException if the channel is closed
     */
    abstract boolean await(Direction direction, long nanos) throws IOException;

    /** Ends all waits, because the channel was closed. Any thread; never waits. */
    abstract void close();
}
