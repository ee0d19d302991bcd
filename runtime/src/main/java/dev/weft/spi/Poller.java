package dev.weft.spi;

import java.io.IOException;

/**
 * Where a loop sleeps, and learns of events from outside: I/O readiness, and being woken. One per loop.
 *
 * <p>{@link #poll} is called by the loop's thread alone and must not run greenlets; what it finds it passes on by
 * completing waiters, which only queues them. {@link #wakeup} is called by any thread. The contract between the two is
 * {@link java.nio.channels.Selector}'s: a wake-up that comes before the poll is kept, and makes that poll return at once.
 */
public interface Poller extends AutoCloseable {
    /** The {@code timeoutNanos} of a poll that waits until it is woken. */
    long FOREVER = Long.MAX_VALUE;

    /**
     * Waits for events.
     *
     * @param timeoutNanos how long at the most; 0 or less: do not wait; {@link #FOREVER}: until an event or a wake-up
     * @return how many events were passed on
     * @throws IOException if polling failed; the loop reports it and polls again
     */
    int poll(long timeoutNanos) throws IOException;

    /** Makes the present or the next {@link #poll} return. Any thread; costs a system call. */
    void wakeup();

    /** Whether a poll that does not wait could find anything; false lets a busy loop leave it out. */
    boolean hasSources();

    /** Lets go of what the poller holds. Called once, by the loop's thread, after its last poll. */
    @Override
    void close() throws IOException;
}
