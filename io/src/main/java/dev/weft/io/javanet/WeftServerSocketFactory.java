package dev.weft.io.javanet;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/** The factory of server sockets. As in the JDK, a server socket that cannot be bound is closed. */
final class WeftServerSocketFactory extends ServerSocketFactory {
    static final WeftServerSocketFactory INSTANCE = new WeftServerSocketFactory();

    private static final int BACKLOG = 50;

    private WeftServerSocketFactory() {}

    /** A server socket whose connections use this implementation, regardless of the factory installed in the JVM. */
    private static final class PlainServerSocket extends ServerSocket {
        PlainServerSocket() {
            super(new ListeningSocket());
        }

        @Override
        public Socket accept() throws IOException {
            if (isClosed()) {
                throw new SocketException("Socket is closed");
            }
            if (!isBound()) {
                throw new SocketException("Socket is not bound yet");
            }
            Socket connection = new WeftSocketFactory.PlainSocket();
            implAccept(connection);
            return connection;
        }
    }

    @Override
    public ServerSocket createServerSocket() {
        return new PlainServerSocket();
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        return createServerSocket(port, BACKLOG, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        return createServerSocket(port, backlog, null);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address) throws IOException {
        InetSocketAddress local = new InetSocketAddress(address, port);
        ServerSocket socket = createServerSocket();
        try {
            socket.bind(local, backlog);
            return socket;
        } catch (Throwable t) {
            socket.close();
            throw t;
        }
    }
}
