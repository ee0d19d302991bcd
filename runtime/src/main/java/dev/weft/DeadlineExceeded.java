package dev.weft;

import java.time.Duration;

/**
 * Thrown by a wait that did not end within its time. The operation waited for did not happen. Not a kind of {@link
 * Cancelled}: a timeout is an answer, not an order to stop.
 */
public final class DeadlineExceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    /** A wait for {@code target} that was allowed {@code timeout}. */
    public DeadlineExceeded(Object target, Duration timeout) {
        super("waited " + timeout + " for " + target);
        this.timeout = timeout;
    }

    /** How long the wait was allowed to take. */
    public Duration timeout() {
        return timeout;
    }
}
