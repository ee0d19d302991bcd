package dev.weft.sync;

/**
 * Thrown at both sides of a channel that was {@linkplain Channel#fail failed}: at senders at once, at receivers after all
 * that was sent before. The cause is what it was failed with.
 */
public final class ChannelFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ChannelFailed(Object channel, Throwable cause) {
        super(channel + " has failed: " + cause, cause);
    }

    ChannelFailed(ChannelFailed there) {
        super(there.getMessage(), there.getCause());
        addSuppressed(there);
    }
}
