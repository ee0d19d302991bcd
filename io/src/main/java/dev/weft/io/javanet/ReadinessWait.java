package dev.weft.io.javanet;

import java.io.IOException;

/**
 * How a caller waits until a channel is ready: the greenlets of each loop have one of these objects, all other threads share
 * one. Each direction has one user at a time, which the {@link DirectionLock}s of the socket ensure.
 */
abstract sealed class ReadinessWait permits GreenletWait, ThreadWait {
    /** A wait without a limit. */
    static final long FOREVER = Long.MAX_VALUE;

    /**
     * Tries {@code operation} until it is done, waiting between the attempts for {@code nanos} in all, or {@link #FOREVER}.
     * Returns its result, or {@link SocketOperation#AGAIN} when the time is up.
     */
    final <S, A> long perform(Direction direction, S socket, A argument, SocketOperation<S, A> operation, long nanos)
            throws IOException {
        long result = operation.attempt(socket, this, argument);
        return result == SocketOperation.AGAIN
                ? performWhenReady(direction, socket, argument, operation, nanos)
                : result;
    }

    /** As {@link #perform}, for an operation that is not tried unless it may succeed. */
    final <S, A> long performIfWorthATry(
            Direction direction, S socket, A argument, SocketOperation<S, A> operation, long nanos) throws IOException {
        return isWorthATry(direction)
                ? perform(direction, socket, argument, operation, nanos)
                : performWhenReady(direction, socket, argument, operation, nanos);
    }

    private <S, A> long performWhenReady(
            Direction direction, S socket, A argument, SocketOperation<S, A> operation, long nanos) throws IOException {
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

    /** Before an operation: throws {@link dev.weft.Cancelled} if the caller was killed, and yields now and then. */
    abstract void checkpoint();

    /** Whether an attempt may succeed; if not, wait first. */
    abstract boolean isWorthATry(Direction direction);

    /** An operation found nothing to do, or used up all there was. */
    abstract void noteDrained(Direction direction);

    /** An operation succeeded, and more may be possible. */
    abstract void noteProgress(Direction direction);

    /** A transfer moved {@code count} bytes where it could have moved {@code room}. */
    abstract void noteTransfer(Direction direction, long count, long room);

    /** From now on {@code operation}, of {@link java.nio.channels.SelectionKey}, is waited for. */
    abstract void become(Direction direction, int operation);

    /**
     * Waits until the direction may be ready, for {@code nanos} or {@link #FOREVER}.
     *
     * @return false when the time is up
     * @throws java.io.InterruptedIOException if the caller is a virtual thread or a greenlet and was interrupted
     * @throws java.nio.channels.ClosedChannelException if the channel is closed
     */
    abstract boolean await(Direction direction, long nanos) throws IOException;

    /** The channel was closed: waits end. Any thread; never waits. */
    abstract void close();
}
