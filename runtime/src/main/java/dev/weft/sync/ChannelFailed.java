package dev.weft.sync;

/**
 * Thrown on both sides of a channel that was {@linkplain Channel#fail failed}: to senders at once, to receivers after
 * everything sent before. The cause is the failure that was passed.
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
