package dev.weft.io.javanet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/** The factory of sockets. As in the JDK, a socket that cannot connect is closed. */
final class WeftSocketFactory extends SocketFactory {
    static final WeftSocketFactory INSTANCE = new WeftSocketFactory();

    private WeftSocketFactory() {}

    /** A socket with this implementation, regardless of the factory installed in the JVM. */
    static final class PlainSocket extends Socket {
        PlainSocket() throws SocketException {
            super(new StreamSocket());
        }
    }

    @Override
    public Socket createSocket() throws SocketException {
        return new PlainSocket();
    }

    @Override
    public Socket createSocket(@Nullable String host, int port) throws IOException {
        return connected(resolved(host, port), null);
    }

    @Override
    public Socket createSocket(@Nullable String host, int port, @Nullable InetAddress localHost, int localPort)
            throws IOException {
        return connected(resolved(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(required(host), port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, @Nullable InetAddress localHost, int localPort)
            throws IOException {
        return connected(new InetSocketAddress(required(host), port), new InetSocketAddress(localHost, localPort));
    }

    private static InetAddress required(InetAddress host) {
        return java.util.Objects.requireNonNull(host, "host");
    }

    private static InetSocketAddress resolved(@Nullable String host, int port) throws UnknownHostException {
        if (port < 0 || port > 0xFFFF) {
            throw new IllegalArgumentException("port out of range:" + port);
        }
        return host == null
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
                : new InetSocketAddress(InetAddress.getByName(host), port);
    }

    private static Socket connected(InetSocketAddress target, @Nullable InetSocketAddress local) throws IOException {
        Socket socket = new PlainSocket();
        try {
            if (local != null) {
                socket.bind(local);
            }
            socket.connect(target);
            return socket;
        } catch (Throwable t) {
            socket.close();
            throw t;
        }
    }
}
