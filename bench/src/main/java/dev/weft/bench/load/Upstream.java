package dev.weft.bench.load;

import java.io.IOException;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * A server behind the measured server, run by the load generator's own thread. So the measured server has its core to itself,
 * and the other core has one busy thread. Accepts connections that come and go at any time.
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

    /** Returns the port on 127.0.0.1. Any thread. */
    final int port() {
        return port;
    }

    final long answered() {
        return answered;
    }

    /** Returns how late answers were sent since the last reset, in nanoseconds. */
    final Histogram lateness() {
        return lateness;
    }

    abstract void accepted(int socket);

    /** Called when the first {@code count} bytes of {@code bytes} have been received on {@code socket}. */
    abstract void received(int socket, Bytes bytes, int count) throws IOException;

    abstract void flush(int socket) throws IOException;

    final void answered(long count) {
        answered += count;
    }

    /** Returns the generation of {@code socket}, which tells connections apart that reuse the number. */
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
            close(socket); // the server may end a connection at any time
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
