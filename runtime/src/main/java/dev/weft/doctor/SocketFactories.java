package dev.weft.doctor;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketImpl;

/**
 * Whether somebody has set the JVM's factories of sockets. To set none is refused if there is one, and does nothing
 * otherwise; and the JDK hands what a factory makes to whoever accepts.
 */
final class SocketFactories {
    private SocketFactories() {}

    /** The class of what the factory of {@code java.net.Socket} makes; empty if there is no factory. */
    @SuppressWarnings("deprecation") // the JDK has no other hook
    static String ofSockets() {
        try {
            Socket.setSocketImplFactory(null);
            return "";
        } catch (IOException set) {
            return product();
        }
    }

    /** Whether {@code java.net.ServerSocket} has a factory. */
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
            return asking.kindOf(new Socket()); // which holds no descriptor, as it is never used
        } catch (IOException | RuntimeException e) {
            return "something unknown, as it failed with " + e;
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

    /** Accepts nothing, and sees what it is to accept with. */
    private static final class Seeing extends UnusedSocket {
        private String seen = "something unknown";

        @Override
        protected void accept(SocketImpl socket) {
            seen = socket.getClass().getName();
        }
    }
}
