package dev.weft;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a wait in a greenlet that has been killed, or whose thread has been interrupted. The operation waited for
 * did not happen.
 *
 * <p>Cancellation is level-triggered, as in trio: every further wait of the greenlet throws again, so that code which
 * swallows it by mistake does not go on for long. {@code finally} blocks run. The cause, where there is one, was made at
 * the place of the kill.
 */
public final class Cancelled extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** For authors of things that cancel. */
    public Cancelled(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
