package dev.weft.spi;

import java.io.IOException;

/**
 * Blocks an idle loop and delivers events from outside: I/O readiness and wakeups. There is one per loop.
 *
 * <p>{@link #poll} is called only on the loop's thread and must not run greenlets: it delivers events by completing waiters,
 * which only queues them. {@link #wakeup} may be called on any thread. The contract between the two is that of {@link
 * java.nio.channels.Selector}: a wakeup that precedes the poll is kept, and makes that poll return at once.
 */
public interface Poller extends AutoCloseable {
    /** The {@code timeoutNanos} of a poll without a timeout. */
    long FOREVER = Long.MAX_VALUE;

    /**
     * Waits for events.
     *
     * @param timeoutNanos the maximum time to wait; do not wait if 0 or less, wait without limit if {@link #FOREVER}
     * @return the number of events delivered
     * @throws IOException if polling failed; the loop reports it and polls again
     */
    int poll(long timeoutNanos) throws IOException;

    /** Makes the current or the next {@link #poll} return. Any thread; costs a system call. */
    void wakeup();

    /** Returns whether a poll that does not wait could find anything; if not, a busy loop skips it. */
    boolean hasSources();

    /** Releases the poller's resources. Called once, on the loop's thread, after the last poll. */
    @Override
    void close() throws IOException;
}
