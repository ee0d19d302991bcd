package dev.weft.io;

import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A TCP connection. {@code TCP_NODELAY} is on. */
public final class TcpStream extends SocketStream {
    private final InetSocketAddress peer; // for messages also after the close

    private TcpStream(Loop loop, SocketChannel channel, InetSocketAddress peer) {
        super(loop, channel);
        this.peer = peer;
    }

    /** Connects to {@code host}, whose name is looked up off the loop; its addresses are tried in turn. */
    public static TcpStream connect(String host, int port) throws IOException {
        return connect(InetSocketAddress.createUnresolved(host, port), null);
    }

    /** Connects to {@code address}; one that is unresolved is looked up off the loop. */
    public static TcpStream connect(InetSocketAddress address) throws IOException {
        return connect(address, null);
    }

    /**
     * As {@link #connect(InetSocketAddress)}, in {@code timeout} at the most for look-up and connecting together.
     *
     * @throws java.net.UnknownHostException if the name means nothing
     * @throws java.net.ConnectException if the peer refuses
     * @throws DeadlineExceeded when the time is up; nothing stays open
     */
    public static TcpStream connect(InetSocketAddress address, @Nullable Duration timeout) throws IOException {
        Connecting connecting = new Connecting(address, timeout);
        if (!address.isUnresolved()) {
            return connectTo(address, connecting);
        }
        IOException failure = null;
        for (var candidate : connecting.lookUp(address.getHostString())) {
            try {
                return connectTo(new InetSocketAddress(candidate, address.getPort()), connecting);
            } catch (IOException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        throw failure == null ? new java.net.UnknownHostException(address.getHostString()) : failure;
    }

    private static TcpStream connectTo(InetSocketAddress address, Connecting connecting) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            TcpStream stream = new TcpStream(Loop.current(), channel, address);
            connecting.connect(stream, address);
            return stream;
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
    }

    /**
     * A connected channel of elsewhere becomes a stream of the caller's loop.
     *
     * @throws IOException if it is closed
     */
    public static TcpStream adopt(SocketChannel channel) throws IOException {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        InetSocketAddress peer = (InetSocketAddress) channel.getRemoteAddress();
        if (peer == null) {
            throw new NotYetConnectedException();
        }
        return new TcpStream(Loop.current(), channel, peer);
    }

    @Override
    public InetSocketAddress remoteAddress() throws IOException {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    public InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public String toString() {
        return "tcp " + Names.text(peer);
    }
}
