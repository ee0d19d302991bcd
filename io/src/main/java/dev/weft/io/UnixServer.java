package dev.weft.io;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/**
 * A server of Unix-domain connections. {@link StreamServer} says how it accepts, serves and ends. The socket file is removed when
 * it no longer listens.
 *
 * <p>{@link #start} must be called by a greenlet, the other methods by any thread.
 */
public final class UnixServer extends StreamServer {
    UnixServer(Acceptor<UnixStream> acceptor) {
        super(acceptor);
    }

    /** Starts a server at {@code path} with the default settings of {@link #builder}. Must be called by a greenlet. */
    public static UnixServer start(Path path, StreamHandler<UnixStream> handler) throws IOException {
        return builder().start(path, handler);
    }

    /** Returns a builder for a server with non-default settings. */
    public static UnixServerBuilder builder() {
        return new UnixServerBuilder();
    }

    @Override
    public UnixDomainSocketAddress localAddress() throws IOException {
        return (UnixDomainSocketAddress) super.localAddress();
    }
}
