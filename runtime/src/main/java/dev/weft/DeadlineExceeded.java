package dev.weft;

import java.time.Duration;

/**
 * Thrown when a wait, or a block ({@link Weft#withTimeout}), did not end in time. The operation waited for did not happen.
 * This is not a {@link Cancelled}: a timeout is a result, not a request to stop.
 */
public final class DeadlineExceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    /** Creates an exception for a wait for {@code target} that did not end within {@code timeout}. */
    public DeadlineExceeded(Object target, Duration timeout) {
        super("timed out after " + timeout + " waiting for " + target);
        this.timeout = timeout;
    }

    /** Creates an exception for a block that did not end within {@code timeout}; its last wait threw {@code where}. */
    public DeadlineExceeded(Duration timeout, Throwable where) {
        super("the block did not end within " + timeout, where);
        this.timeout = timeout;
    }

    /** Returns the time that was allowed. */
    public Duration timeout() {
        return timeout;
    }
}
