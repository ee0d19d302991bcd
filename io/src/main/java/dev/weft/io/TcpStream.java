package dev.weft.io;

import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.io.names.HostNames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A TCP connection. {@code TCP_NODELAY} is enabled. */
public final class TcpStream extends SocketStream {
    private final InetSocketAddress peer; // for messages; still available after close

    private TcpStream(Loop loop, SocketChannel channel, InetSocketAddress peer) {
        super(loop, channel);
        this.peer = peer;
    }

    /**
     * Connects to {@code port} of {@code host}, which is a host name or a textual IP address; otherwise the same as {@link
     * #connect(InetSocketAddress, Duration)} without a timeout.
     */
    public static TcpStream connect(String host, int port) throws IOException {
        return connect(InetSocketAddress.createUnresolved(host, port), null);
    }

    /** Does the same as {@link #connect(InetSocketAddress, Duration)}, with no limit other than the operating system's. */
    public static TcpStream connect(InetSocketAddress address) throws IOException {
        return connect(address, null);
    }

    /**
     * Connects to {@code address}. If it is unresolved, its name is {@linkplain HostNames looked up} first. If the name has
     * several addresses, they are tried in turn, alternating between IPv6 and IPv4: the next attempt starts when the previous
     * one fails or has not succeeded within 250 ms. The first connection wins (RFC 8305, "happy eyeballs").
     *
     * @param timeout the limit for look-up and connection together; null for no limit other than the operating system's, which
     *     may be minutes
     * @throws java.net.UnknownHostException if the name is unknown
     * @throws java.net.ConnectException if the peer refuses the connection
     * @throws java.net.SocketException if there is no route or no file descriptor is left. If several addresses fail, the first
     *     failure is thrown and the others are added as suppressed exceptions; each message names its address
     * @throws DeadlineExceeded if the timeout expires
     */
    public static TcpStream connect(InetSocketAddress address, @Nullable Duration timeout) throws IOException {
        return Connector.within(
                timeout, Addresses.text(address), () -> address.isUnresolved() ? race(address) : connectTo(address));
    }

    private static TcpStream race(InetSocketAddress address) throws IOException {
        List<InetAddress> addresses = HostNames.lookUp(address.getHostString());
        return HappyEyeballs.race(HappyEyeballs.interleaved(addresses).stream()
                .map(ip -> new TcpCandidate(new InetSocketAddress(ip, address.getPort())))
                .toList());
    }

    private record TcpCandidate(InetSocketAddress address) implements HappyEyeballs.Candidate<TcpStream> {
        @Override
        public TcpStream connect() throws IOException {
            return connectTo(address);
        }

        @Override
        public String toString() {
            return "connection to " + Addresses.text(address);
        }
    }

    private static TcpStream connectTo(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            TcpStream stream = new TcpStream(Loop.current(), channel, address);
            Connector.connect(stream, address, Addresses.text(address));
            return stream;
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
    }

    /**
     * Creates a stream on the caller's loop from a connected channel. The stream takes ownership of the channel.
     *
     * @throws IOException if the channel is closed
     * @throws NotYetConnectedException if the channel is not connected
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
        return "tcp " + Addresses.text(peer);
    }
}
