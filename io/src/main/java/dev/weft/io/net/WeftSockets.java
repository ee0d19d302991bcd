package dev.weft.io.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;

/**
 * {@code java.net.Socket} and {@code ServerSocket} on the selectors of the loops, for code and libraries that know nothing of
 * Weft.
 */
public final class WeftSockets {
    private static boolean streamsInstalled;
    private static boolean serversInstalled;

    private WeftSockets() {}

    /** Makes sockets. The same object each time; any thread. */
    public static SocketFactory socketFactory() {
        return StreamFactory.INSTANCE;
    }

    /** Makes server sockets, whose connections are sockets like those of {@link #socketFactory}. */
    public static ServerSocketFactory serverSocketFactory() {
        return ListenFactory.INSTANCE;
    }

    /** From now on every {@code new Socket()} and {@code new ServerSocket()} of the JVM is one of these. */
    @SuppressWarnings("deprecation") // the JDK discourages the hooks, and has no others
    public static synchronized void installForJvm() {
        try {
            if (!streamsInstalled) {
                Socket.setSocketImplFactory(StreamSocket::new);
                streamsInstalled = true;
            }
            if (!serversInstalled) {
                ServerSocket.setSocketFactory(ListenSocket::new);
                serversInstalled = true;
            }
        } catch (SocketException e) {
            throw new IllegalStateException("another factory was installed before", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
