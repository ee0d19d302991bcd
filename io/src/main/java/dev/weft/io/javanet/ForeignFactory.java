package dev.weft.io.javanet;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketImpl;

/**
 * Identifies the socket factory that other code has installed. The JDK does not give access to the factory, but calls it when a
 * connection is accepted.
 */
final class ForeignFactory {
    private ForeignFactory() {}

    /** Returns the name of the implementation class that the factory creates. */
    static String product() {
        try (ProbingServerSocket probing = new ProbingServerSocket()) {
            return probing.kindOf(new Socket()); // holds no descriptor, because it is never used
        } catch (IOException | RuntimeException e) {
            return "an unknown implementation (probing it failed with " + e + ")";
        }
    }

    /** A server socket that discovers the implementation of a given socket by accepting with it. */
    private static final class ProbingServerSocket extends ServerSocket {
        private final Probe probe;

        ProbingServerSocket() {
            this(new Probe());
        }

        private ProbingServerSocket(Probe probe) {
            super(probe);
            this.probe = probe;
        }

        String kindOf(Socket socket) throws IOException {
            implAccept(socket);
            return probe.seen;
        }
    }

    /** Accepts no connection, but records the class of the socket's implementation. */
    static final class Probe extends ListeningSocket {
        private String seen = "an unknown implementation";

        @Override
        protected void accept(SocketImpl socket) {
            seen = socket.getClass().getName();
        }
    }
}
