package dev.weft.spi;

/**
 * An {@link dev.weft.Awaitable} that may make its waiters wait because what they write to is full: a channel, the buffer of a
 * socket. Recordings tell such waits from others.
 */
public interface BackPressure {
    /**
     * Returns what is full, for a reader of a recording; empty if that is not what is waited for. Called on the waiter's loop,
     * between greenlets: it must be short, and must neither wait nor take a lock.
     */
    String full();
}
