package dev.weft.io;

import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * A server of connections. One greenlet accepts them, and each is served by a greenlet of its own. The connection is closed when
 * that greenlet ends.
 *
 * <p>A server {@linkplain TcpServer.Builder#loops over several loops} accepts on a thread of its own, so it accepts while loops
 * compute. A connection goes to the loop with the fewest connections. If that loop has not begun to serve it after 10 ms, it moves
 * to a loop that answers. Once begun, it stays: its greenlet never leaves its loop. So while one loop computes, new connections
 * are served by the others; only the connections that it already serves wait.
 *
 * <p>While the {@linkplain TcpServer.Builder#maxConnections maximum number of connections} are open, the server does not accept;
 * further connections wait in the operating system's backlog. If accepting fails, for example because no descriptors are left,
 * the server retries after 10 ms and doubles the delay after each further failure, up to one second.
 *
 * <p>All methods may be called by any thread.
 */
public abstract sealed class StreamServer implements AutoCloseable permits TcpServer, UnixServer {
    final Acceptor<?> acceptor;

    StreamServer(Acceptor<?> acceptor) {
        this.acceptor = acceptor;
    }

    /** Returns the number of open connections. */
    public final int connections() {
        return acceptor.connections();
    }

    /** Returns how many times accepting has failed so far. */
    public final long acceptFailures() {
        return acceptor.acceptFailures();
    }

    /**
     * Returns the address on which this server listens.
     *
     * @throws java.nio.channels.ClosedChannelException if the server no longer listens
     */
    public SocketAddress localAddress() throws IOException {
        return acceptor.listener().localAddress();
    }

    /** Waits until the server is stopped or closed and no longer accepts. A greenlet is suspended; a thread blocks. */
    public final void join() {
        acceptor.join();
    }

    /**
     * Closes the listener and kills all connections, without waiting for them to end. The same happens when the loop that started
     * the server closes, regardless of which loops serve the connections.
     */
    @Override
    public final void close() {
        acceptor.close();
    }

    /**
     * Stops the server: accepts the connections that the operating system has completed, closes the listener immediately, waits
     * up to {@code grace} for the connections to end, and kills those that remain. Returns when all have ended, or ten seconds
     * after the kill. Handlers that swallow the kill are logged; they end no later than their loop. A greenlet is suspended; a
     * thread blocks.
     */
    public final void stop(Duration grace) {
        acceptor.stop(grace);
    }

    @Override
    public final String toString() {
        return acceptor.toString();
    }
}
