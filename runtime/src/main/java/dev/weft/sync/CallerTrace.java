package dev.weft.sync;

/**
 * Gives a failure of a channel the stack of the one at whom it is thrown. It was made by whoever closed the channel, or by
 * its home on somebody's behalf; that stack stays with it.
 */
final class CallerTrace {
    private CallerTrace() {}

    /** To be thrown here, in place of {@code there}. */
    static RuntimeException here(RuntimeException there) {
        if (there instanceof EndOfChannel end) {
            return new EndOfChannel(end);
        }
        if (there instanceof ChannelClosed closed) {
            return new ChannelClosed(closed);
        }
        return there instanceof ChannelFailed failed ? new ChannelFailed(failed) : there;
    }
}
