package dev.weft.io.net;

import java.io.IOException;

/**
 * From where a channel is waited for: each loop has a station of its own, and all threads together have one. Of each way
 * there is one user at a time, which the {@link Turn}s of the socket see to.
 */
abstract sealed class Station permits LoopStation, ThreadStation {
    /** The wait of one who has no limit. */
    static final long FOREVER = Long.MAX_VALUE;

    /** Before an operation: throws {@link dev.weft.Cancelled} if the caller was killed, and yields now and then. */
    abstract void checkpoint();

    /** Whether an operation may find something to do; if not, it is to wait first. */
    abstract boolean isWorthATry(Way way);

    /** An operation used up all there was. */
    abstract void drained(Way way);

    /** An operation did something, and may have left more to do. */
    abstract void used(Way way);

    /** From now on {@code operation}, of {@link java.nio.channels.SelectionKey}, is what is waited for. */
    abstract void become(Way way, int operation);

    /**
     * Waits until the way is perhaps ready; for {@code nanos} at the most, or {@link #FOREVER}.
     *
     * @return false when the time is over
     * @throws java.io.InterruptedIOException if the caller is a virtual thread or a greenlet and was interrupted
     * @throws java.nio.channels.ClosedChannelException if the channel is closed
     */
    abstract boolean await(Way way, long nanos) throws IOException;

    /** The channel was closed; those who wait are told. Any thread; never waits. */
    abstract void close();
}
