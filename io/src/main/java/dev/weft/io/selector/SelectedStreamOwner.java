package dev.weft.io.selector;

import dev.weft.Loop;
import java.nio.channels.SocketChannel;

/**
 * The base of public sockets that are built on a {@link SelectedStream}. The stream is not part of a socket's API; a layer over
 * the socket, such as TLS, obtains it from {@link SelectedStream#below}.
 */
public abstract class SelectedStreamOwner {
    final SelectedStream stream;

    /** Creates an instance over {@code channel}, which must be non-blocking, and connected or about to be. */
    protected SelectedStreamOwner(Loop loop, SocketChannel channel) {
        stream = SelectedStream.of(loop, channel, this);
    }
}
