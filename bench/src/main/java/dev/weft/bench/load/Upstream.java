package dev.weft.bench.load;

import java.io.IOException;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * What stands behind the server, served by the load generator's own thread: so the server shares its core with nobody, and
 * the other core has one busy thread. Takes connections that come and go at any time.
 */
abstract class Upstream implements Sockets.ReadinessHandler, EventLoop.Duty {
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Sockets sockets;
    private final int listener;
    private final int port;
    private final Bytes received = new Bytes(BUFFER_BYTES);
    private final Histogram lateness = Pace.histogram();
    private int[] generations = new int[1024]; // odd while the socket is open
    private long answered;

    Upstream(Sockets sockets) throws IOException {
        this.sockets = sockets;
        listener = sockets.listen(new Acceptor());
        port = sockets.port(listener);
    }

    /** Where it listens, on 127.0.0.1. Any thread may ask. */
    final int port() {
        return port;
    }

    final long answered() {
        return answered;
    }

    /** How long after their time answers were sent, in nanoseconds, since the last reset. */
    final Histogram lateness() {
        return lateness;
    }

    abstract void accepted(int socket);

    /** The first {@code count} bytes of {@code bytes} have come on {@code socket}. */
    abstract void received(int socket, Bytes bytes, int count) throws IOException;

    abstract void flush(int socket) throws IOException;

    final void answered(long count) {
        answered += count;
    }

    /** Which of the connections that had the number {@code socket} is there now. */
    final int generation(int socket) {
        return generations[socket];
    }

    final Sockets sockets() {
        return sockets;
    }

    @Override
    public long perform(long now) throws IOException {
        return EventLoop.NEVER;
    }

    @Override
    public final void readable(int socket) throws IOException {
        try {
            int count = sockets.receive(socket, received);
            if (count < 0) {
                close(socket);
            } else if (count > 0) {
                received(socket, received, count);
            }
        } catch (IOException e) {
            close(socket); // the server may end a connection as it likes
        }
    }

    @Override
    public final void writable(int socket) throws IOException {
        tryFlush(socket);
    }

    final void tryFlush(int socket) throws IOException {
        try {
            flush(socket);
        } catch (IOException e) {
            close(socket);
        }
    }

    private void close(int socket) throws IOException {
        generations[socket]++;
        sockets.close(socket);
    }

    private final class Acceptor implements Sockets.ReadinessHandler {
        @Override
        public void readable(int socket) throws IOException {
            for (int peer = accept(); peer != Sockets.NONE; peer = accept()) {
                if (peer >= generations.length) {
                    generations = Arrays.copyOf(generations, Math.max(peer + 1, 2 * generations.length));
                }
                generations[peer]++;
                accepted(peer);
            }
        }

        private int accept() throws IOException {
            return sockets.accept(listener, Upstream.this);
        }
    }
}
