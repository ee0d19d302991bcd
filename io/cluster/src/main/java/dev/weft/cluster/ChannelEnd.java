package dev.weft.cluster;

import dev.weft.sync.Channel;

/** What a {@link RemoteChannel} leads to: the channel, or the way to it. Any thread. */
sealed interface ChannelEnd permits ChannelInlet, ChannelOutlet {
    /** Returns what takes packed values. */
    Channel<Object> way();

    /** Returns {@code value} in the form in which the {@link #way} takes it. */
    Object pack(Object value);

    void close();

    void fail(Throwable cause);

    ChannelHandle handle();
}
