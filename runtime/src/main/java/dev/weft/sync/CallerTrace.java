package dev.weft.sync;

/**
 * Gives a channel's failure the stack trace of the caller to which it is thrown. The original was created where the channel
 * was closed, or on its home loop; its stack trace is kept with it.
 */
final class CallerTrace {
    private CallerTrace() {}

    /** Returns an exception to be thrown here in place of {@code there}. */
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
