package dev.weft;

import java.time.Duration;

/**
 * Thrown by a wait, or by a block ({@link Weft#withTimeout}), that did not end within its time. What was waited for did not
 * happen. Not a kind of {@link Cancelled}: a timeout is an answer, not an order to stop.
 */
public final class DeadlineExceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    /** A wait for {@code target} that was allowed {@code timeout}. */
    public DeadlineExceeded(Object target, Duration timeout) {
        super("waited " + timeout + " for " + target);
        this.timeout = timeout;
    }

    /** A block that was allowed {@code timeout}; {@code where} is what its last wait threw. */
    public DeadlineExceeded(Duration timeout, Throwable where) {
        super("a block did not end within its " + timeout, where);
        this.timeout = timeout;
    }

    /** How long the wait was allowed to take. */
    public Duration timeout() {
        return timeout;
    }
}
