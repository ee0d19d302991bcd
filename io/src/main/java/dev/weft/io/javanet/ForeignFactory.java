package dev.weft.io.javanet;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketImpl;

/**
 * The socket factory that other code has installed. The JDK does not give access to it, but calls it when a connection
 * is accepted.
 */
final class ForeignFactory {
    private ForeignFactory() {}

    /** The class of the sockets that it makes. */
    static String product() {
        try (ProbingServerSocket probing = new ProbingServerSocket()) {
            return probing.kindOf(new Socket()); // which holds no descriptor, as it is never used
        } catch (IOException | RuntimeException e) {
            return "something unknown, as it failed with " + e;
        }
    }

    /** Accepts a connection with a given socket, and sees the implementation that it has. */
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

    /** Accepts nothing; notes the class of the implementation. */
    static final class Probe extends ListeningSocket {
        private String seen = "unknown sockets";

        @Override
        protected void accept(SocketImpl socket) {
            seen = socket.getClass().getName();
        }
    }
}
