package dev.weft;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a wait in a greenlet that has been killed or cancelled, or whose thread has been interrupted. The operation
 * waited for did not happen.
 *
 * <p>Cancellation is level-triggered, as in trio: every further wait of the greenlet throws again, so that code which
 * swallows it by mistake soon hits it again. {@code finally} blocks run. The cause, if any, was created at the place of the
 * kill.
 */
public final class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For authors of cancellation mechanisms. */
    public Cancelled(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
