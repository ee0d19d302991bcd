package dev.weft.io.selector;

import dev.weft.Loop;
import java.nio.channels.SocketChannel;

/**
 * A public socket above a {@link SelectedStream}. The stream is not part of the socket's API; a layer on the socket, such as
 * TLS, gets it from {@link SelectedStream#below}.
 */
public abstract class SelectedStreamOwner {
    final SelectedStream stream;

    /** Over {@code channel}, which must be connected or about to be, and non-blocking. */
    protected SelectedStreamOwner(Loop loop, SocketChannel channel) {
        stream = SelectedStream.of(loop, channel, this);
    }
}
