package dev.weft.sync;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a receive when the channel is closed and everything sent has been received. It is not an error; iteration and
 * {@link Channel#receiveOrEnd} report it without an exception.
 */
public final class EndOfChannel extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EndOfChannel(Object channel, @Nullable String closedBy) {
        super(channel + " has ended: it was closed by " + closedBy + ", and everything sent has been received");
    }

    EndOfChannel(EndOfChannel there) {
        super(there.getMessage(), there);
    }
}
