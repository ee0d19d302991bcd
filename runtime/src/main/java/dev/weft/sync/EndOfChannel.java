package dev.weft.sync;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at a receiver when the channel is closed and all that was sent has been received: there will never be more. Not
 * an error but an answer; iterating a channel, and {@link Channel#receiveOrEnd}, give it without an exception.
 */
public final class EndOfChannel extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EndOfChannel(Object channel, @Nullable String closedBy) {
        super(channel + " has ended: it was closed by " + closedBy + ", and all that was sent has been received");
    }

    EndOfChannel(EndOfChannel there) {
        super(there.getMessage(), there);
    }
}
