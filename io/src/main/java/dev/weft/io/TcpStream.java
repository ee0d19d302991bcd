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

/** A TCP connection. {@code TCP_NODELAY} is on. */
public final class TcpStream extends SocketStream {
    private final InetSocketAddress peer; // for messages also after the close

    private TcpStream(Loop loop, SocketChannel channel, InetSocketAddress peer) {
        super(loop, channel);
        this.peer = peer;
    }

    /**
     * As {@link #connect(InetSocketAddress, Duration)}, without a limit, for a host given by name or by its address as
     * text.
     */
    public static TcpStream connect(String host, int port) throws IOException {
        return connect(InetSocketAddress.createUnresolved(host, port), null);
    }

    /** As {@link #connect(InetSocketAddress, Duration)}, without a limit other than the system's. */
    public static TcpStream connect(InetSocketAddress address) throws IOException {
        return connect(address, null);
    }

    /**
     * Connects to {@code address}. The name in an unresolved address is {@linkplain HostNames looked up} first. If
     * there are several addresses, the next one is tried when one fails or has not answered for 250 ms, alternating
     * between IPv6 and IPv4, and the first connection is taken (RFC 8305, "happy eyeballs").
     *
     * @param timeout for look-up and connection together; null: no limit other than the system's, which may be minutes
     * @throws java.net.UnknownHostException if the name is unknown
     * @throws java.net.ConnectException if the peer refuses
     * @throws java.net.SocketException if there is no route, or no file descriptor is left. If several addresses fail,
     *     the first failure is thrown, with the others suppressed; each names its address
     * @throws DeadlineExceeded when the time is up
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
     * Makes a stream of the caller's loop from a connected channel, which it then owns.
     *
     * @throws IOException if the channel is closed
     * @throws NotYetConnectedException if it is not connected
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
