package dev.weft.sync;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by a send to a closed channel, as nobody would receive the value. Usually a bug in the program: only senders should
 * close a channel, after the last send (see {@link Channel#producer}).
 */
public final class ChannelClosed extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    ChannelClosed(Object channel, @Nullable String closedBy) {
        super(channel + " was closed by " + closedBy
                + "; close it after the last send, or have each sender close its own handle (channel.producer())");
    }

    ChannelClosed(ChannelClosed there) {
        super(there.getMessage(), there);
    }
}
