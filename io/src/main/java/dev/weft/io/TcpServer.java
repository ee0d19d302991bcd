package dev.weft.io;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A TCP server. {@link StreamServer} says how it accepts, serves and ends.
 *
 * <p>{@link #start} must be called by a greenlet, the other methods by any thread.
 */
public final class TcpServer extends StreamServer {
    private final int port;

    private TcpServer(Acceptor<TcpStream> acceptor) throws IOException {
        super(acceptor);
        port = localAddress().getPort();
    }

    /** A handler that serves one connection. */
    @FunctionalInterface
    public interface Handler extends StreamHandler<TcpStream> {}

    /**
     * Starts a server on {@code address} with the default settings of {@link #builder}. Must be called by a greenlet.
     */
    public static TcpServer start(InetSocketAddress address, Handler handler) throws IOException {
        return builder().start(address, handler);
    }

    /**
     * Starts a server on {@code port} of {@code host}, which is a host name or a textual IP address: {@code start("127.0.0.1",
     * 7000, handler)}. Suspends the greenlet while a name is looked up.
     */
    public static TcpServer start(String host, int port, Handler handler) throws IOException {
        return builder().start(TcpListener.address(host, port), handler);
    }

    /** Returns a builder for a server with non-default settings. */
    public static Builder builder() {
        return new Builder();
    }

    /** Returns the port on which this server listens. */
    public int port() {
        return port;
    }

    /**
     * Returns the number of open connections on {@code loop}.
     *
     * @throws IllegalArgumentException if this server does not serve on {@code loop}
     */
    public int connections(Loop loop) {
        return acceptor.connections(loop);
    }

    @Override
    public InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) super.localAddress();
    }

    /** A builder for servers. Not thread-safe. */
    public static final class Builder {
        private final ServerSettings settings = new ServerSettings();
        private final List<SocketOption<Boolean>> options =
                new ArrayList<>(List.of(StandardSocketOptions.SO_REUSEADDR));

        private Builder() {}

        /** Sets the maximum number of open connections; unlimited by default. */
        public Builder maxConnections(int count) {
            settings.maxConnections = ServerSettings.positive(count, "maxConnections");
            return this;
        }

        /** Sets how many connections are accepted before the acceptor yields to other greenlets; 64 by default. */
        public Builder acceptsInARow(int count) {
            settings.acceptsInARow = ServerSettings.positive(count, "acceptsInARow");
            return this;
        }

        /**
         * Sets how many connections may wait in the operating system to be accepted; 1024 by default. The operating system has
         * its own limit.
         */
        public Builder backlog(int count) {
            settings.backlog = ServerSettings.positive(count, "backlog");
            return this;
        }

        /** Gathers the small writes of each loop's connections; see {@link SocketStream#gatherWrites}. Off by default. */
        public Builder gatheredWrites() {
            settings.gathersWrites = true;
            return this;
        }

        /**
         * Serves on all loops of {@code group}, each connection on one of them; see {@link StreamServer}. By default, the loop
         * that starts the server serves all. State that connections of different loops share needs a lock, or one instance for
         * each loop.
         */
        public Builder loops(LoopGroup group) {
            settings.serveOn(group);
            return this;
        }

        /**
         * Enables {@code SO_REUSEPORT}: several servers, one for each loop or process, may listen on the same address. The kernel
         * chooses the server by a hash of the peer's address, without regard to load: connections that it gives to a loop that
         * computes wait there. {@link #loops} avoids that. Where the system lacks the option, starting throws {@link
         * UnsupportedOperationException}.
         */
        public Builder reusePort() {
            options.add(StandardSocketOptions.SO_REUSEPORT);
            return this;
        }

        /**
         * Starts the server. Must be called by a greenlet. Its loop accepts the connections, unless there are {@linkplain #loops
         * several to serve them}.
         *
         * @param address the address to listen on; port 0 selects a free port
         * @throws java.net.BindException if the address is in use or is not local to this machine
         */
        public TcpServer start(InetSocketAddress address, Handler handler) throws IOException {
            return start(home -> TcpListener.bind(home, address, settings.backlog, options), handler);
        }

        /**
         * As {@link #start(InetSocketAddress, Handler)}, for a channel that already listens, such as {@link
         * System#inheritedChannel}. The server owns it, and uses it in non-blocking mode.
         *
         * @throws java.nio.channels.NotYetBoundException if {@code listening} is not bound
         */
        public TcpServer start(ServerSocketChannel listening, Handler handler) throws IOException {
            if (listening.getLocalAddress() == null) {
                throw new NotYetBoundException();
            }
            return start(home -> TcpListener.adopt(home, listening), handler);
        }

        private TcpServer start(Acceptor.Opening<TcpStream> opening, Handler handler) throws IOException {
            Objects.requireNonNull(handler, "handler");
            return new TcpServer(Acceptor.start(settings, opening, handler));
        }
    }
}
