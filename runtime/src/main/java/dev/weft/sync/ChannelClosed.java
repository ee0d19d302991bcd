package dev.weft.sync;

import org.jspecify.annotations.Nullable;

/**
 * Thrown at one who sends to a channel that has been closed: nobody would receive it. A bug in the program, mostly: only
 * those who send should close, when the last of them has done so (see {@link Channel#producer}).
 */
public final class ChannelClosed extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    ChannelClosed(Object channel, @Nullable String closedBy) {
        super(channel + " takes nothing more: it was closed by " + closedBy
                + "; close it after the last send, or have each sender close a handle of its own (channel.producer())");
    }

    ChannelClosed(ChannelClosed there) {
        super(there.getMessage(), there);
    }
}
