package dev.weft.io;

import dev.weft.Loop;
import dev.weft.io.names.HostNames;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/** A listener for TCP connections. {@code SO_REUSEADDR} is enabled. See {@link SocketListener} for threads and failures. */
public final class TcpListener extends SocketListener<TcpStream> {
    private final int port;
    private final String description;

    private TcpListener(Loop loop, ServerSocketChannel channel) throws IOException {
        super(loop, channel);
        InetSocketAddress address = (InetSocketAddress) channel.getLocalAddress();
        port = address.getPort();
        description = "tcp listener on " + Addresses.text(address);
    }

    /** Listens on {@code port} of the wildcard address; port 0 selects a free port. */
    public static TcpListener bind(int port) throws IOException {
        return bind(new InetSocketAddress(port));
    }

    /**
     * Listens on {@code port} of {@code host}, which is a host name or a textual IP address: {@code bind("127.0.0.1", 7000)}.
     * Suspends the greenlet while a name is looked up.
     */
    public static TcpListener bind(String host, int port) throws IOException {
        return bind(address(host, port));
    }

    static InetSocketAddress address(String host, int port) throws IOException {
        return new InetSocketAddress(HostNames.lookUp(host).get(0), port);
    }

    /** Listens on {@code address}, with a backlog of 1024 connections. */
    public static TcpListener bind(InetSocketAddress address) throws IOException {
        return bind(address, BACKLOG);
    }

    /**
     * Listens on {@code address}. Must be called on a loop; the listener belongs to that loop.
     *
     * @param backlog the maximum number of connections that may wait to be accepted
     * @throws java.net.BindException if the address is in use or is not local to this machine; the message names the address
     */
    public static TcpListener bind(InetSocketAddress address, int backlog) throws IOException {
        return bind(Loop.current(), address, backlog, List.of(StandardSocketOptions.SO_REUSEADDR));
    }

    /** Listens on {@code address}, with the {@code enabled} options, for greenlets of {@code loop}. Any thread. */
    static TcpListener bind(Loop loop, InetSocketAddress address, int backlog, List<SocketOption<Boolean>> enabled)
            throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.configureBlocking(false);
            for (SocketOption<Boolean> option : enabled) {
                channel.setOption(option, true);
            }
            channel.bind(address, backlog);
            return new TcpListener(loop, channel);
        } catch (java.net.BindException e) {
            channel.close();
            java.net.BindException named =
                    new java.net.BindException("cannot listen on " + Addresses.text(address) + ": " + e.getMessage());
            named.initCause(e);
            throw named;
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
    }

    /** Takes over {@code bound}, for greenlets of {@code loop}. Any thread. */
    static TcpListener adopt(Loop loop, ServerSocketChannel bound) throws IOException {
        bound.configureBlocking(false);
        return new TcpListener(loop, bound);
    }

    @Override
    TcpStream streamOf(SocketChannel accepted) throws IOException {
        return TcpStream.adopt(accepted);
    }

    @Override
    String nameOf(SocketChannel accepted) throws IOException {
        return Addresses.text((InetSocketAddress) accepted.getRemoteAddress()) + "->" + port;
    }

    @Override
    public InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) super.localAddress();
    }

    /** Returns the port on which this listener accepts connections. */
    public int port() throws IOException {
        return localAddress().getPort();
    }

    @Override
    public String toString() {
        return description;
    }
}
