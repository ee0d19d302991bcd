package dev.weft.doctor;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketImpl;

/**
 * Detects the JVM's socket factories. Setting a null factory is refused if one is set, and has no effect otherwise. To learn
 * the class of a factory's product, it uses that the JDK passes the product to {@code accept}.
 */
final class SocketFactories {
    private SocketFactories() {}

    /** Returns the class of the product of the factory of {@code java.net.Socket}; empty if there is no factory. */
    @SuppressWarnings("deprecation") // the JDK has no other hook
    static String ofSockets() {
        try {
            Socket.setSocketImplFactory(null);
            return "";
        } catch (IOException set) {
            return product();
        }
    }

    /** Returns whether {@code java.net.ServerSocket} has a factory. */
    @SuppressWarnings("deprecation") // the JDK has no other hook
    static boolean isSetForServers() {
        try {
            ServerSocket.setSocketFactory(null);
            return false;
        } catch (IOException set) {
            return true;
        }
    }

    private static String product() {
        try (Asking asking = new Asking(new Seeing())) {
            return asking.kindOf(new Socket()); // an unused socket has no file descriptor
        } catch (IOException | RuntimeException e) {
            return "an unknown class, as it failed with " + e;
        }
    }

    private static final class Asking extends ServerSocket {
        private final Seeing seeing;

        Asking(Seeing seeing) {
            super(seeing);
            this.seeing = seeing;
        }

        String kindOf(Socket socket) throws IOException {
            implAccept(socket);
            return seeing.seen;
        }
    }

    /** Accepts nothing, but records the class of the socket passed to {@code accept}. */
    private static final class Seeing extends UnusedSocket {
        private String seen = "an unknown class";

        @Override
        protected void accept(SocketImpl socket) {
            seen = socket.getClass().getName();
        }
    }
}
