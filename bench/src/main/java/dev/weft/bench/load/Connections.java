package dev.weft.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * The connections to the server with their requests in flight. Connections are numbered from zero. Once open, they allocate
 * nothing. As a duty of the loop, they fail when the server has answered nothing for 15 s. Not thread-safe.
 */
final class Connections implements Sockets.ReadinessHandler, EventLoop.Duty {
    /** The number of connections opened before waiting for their answers; well below every server's backlog. */
    private static final int BURST = 256;

    private static final int BUFFER_BYTES = 64 * 1024;
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(15);

    @FunctionalInterface
    interface Listener {
        /**
         * Called when an answer is complete.
         *
         * @param sinceNanos the start time that was passed with its request
         */
        void answered(int connection, long sinceNanos, long now);
    }

    private final Sockets sockets;
    private final Protocol protocol;
    private final int depth;
    private final Bytes received = new Bytes(BUFFER_BYTES);
    private final Bytes out;
    private final int[] descriptors;
    private int[] connectionOf = new int[1024];

    // Per connection: a ring of the start times of the requests in flight, and the part not sent yet.
    private final long[] starts;
    private final int[] oldest;
    private final int[] underWay;
    private final int[] unsent;
    private final int[] sentOfFirst; // bytes already sent of the first unsent request
    private final int[] nextRequest;
    private final boolean[] isBlocked;

    private Listener listener = (connection, sinceNanos, now) -> {};
    private int open;
    private long allUnderWay;
    private long completed;
    private long progressAt;

    Connections(Sockets sockets, Protocol protocol, Shape shape) {
        int count = shape.connections();
        this.sockets = sockets;
        this.protocol = protocol;
        depth = shape.depth();
        out = new Bytes(BUFFER_BYTES);
        descriptors = new int[count];
        starts = new long[count * depth];
        oldest = new int[count];
        underWay = new int[count];
        unsent = new int[count];
        sentOfFirst = new int[count];
        nextRequest = new int[count];
        isBlocked = new boolean[count];
    }

    /** Opens all connections in bursts. All of a burst complete one exchange before the next, so no backlog overflows. */
    void connect(InetSocketAddress server, EventLoop loop, IntConsumer connected) throws IOException {
        while (open < descriptors.length) {
            int to = Math.min(descriptors.length, open + BURST);
            while (open < to) {
                connect(server);
            }
            progressAt = System.nanoTime(); // handshakes may have taken long
            loop.runUntil(() -> allUnderWay == 0);
            connected.accept(to);
        }
    }

    private void connect(InetSocketAddress server) throws IOException {
        int socket = sockets.connect(server, open, this);
        if (socket >= connectionOf.length) {
            connectionOf = Arrays.copyOf(connectionOf, Math.max(socket + 1, connectionOf.length * 2));
        }
        descriptors[open] = socket;
        connectionOf[socket] = open;
        protocol.opened(open, socket, sockets);
        request(open, System.nanoTime());
        flush(open);
        open++;
    }

    void setListener(Listener listener) {
        this.listener = listener;
    }

    /** Returns whether {@code connection} has no requests in flight. */
    boolean isFree(int connection) {
        return underWay[connection] == 0;
    }

    long completed() {
        return completed;
    }

    long underWay() {
        return allUnderWay;
    }

    /** Adds a request to {@code connection}, up to the depth. The next {@link #flush} sends it. */
    void request(int connection, long sinceNanos) {
        if (underWay[connection] == depth) {
            throw new IllegalStateException("connection " + connection + " has " + depth + " requests in flight");
        }
        int place = oldest[connection] + underWay[connection];
        starts[connection * depth + (place < depth ? place : place - depth)] = sinceNanos;
        underWay[connection]++;
        unsent[connection]++;
        if (allUnderWay++ == 0) {
            progressAt = System.nanoTime();
        }
    }

    /** Sends all unsent requests. What does not fit is sent when the socket is writable again. */
    void flush(int connection) throws IOException {
        while (unsent[connection] > 0) {
            int count = Math.min(unsent[connection], BUFFER_BYTES / protocol.requestBytes());
            int from = sentOfFirst[connection];
            int length = count * protocol.requestBytes() - from;
            protocol.write(out, connection, nextRequest[connection], count);
            int sent = sockets.send(descriptors[connection], out, from, length);
            advance(connection, from + sent);
            if (sent < length) {
                block(connection);
                return;
            }
        }
        unblock(connection);
    }

    private void advance(int connection, int sent) {
        int whole = sent / protocol.requestBytes();
        nextRequest[connection] += whole;
        unsent[connection] -= whole;
        sentOfFirst[connection] = sent - whole * protocol.requestBytes();
    }

    private void block(int connection) throws IOException {
        if (!isBlocked[connection]) {
            isBlocked[connection] = true;
            sockets.watch(descriptors[connection], Sockets.Interest.BOTH);
        }
    }

    private void unblock(int connection) throws IOException {
        if (isBlocked[connection]) {
            isBlocked[connection] = false;
            sockets.watch(descriptors[connection], Sockets.Interest.RECEIVE);
        }
    }

    @Override
    public void writable(int socket) throws IOException {
        flush(connectionOf[socket]);
    }

    @Override
    public void readable(int socket) throws IOException {
        int connection = connectionOf[socket];
        int answers = receive(connection, socket);
        if (answers > underWay[connection]) {
            throw new IOException("connection " + connection + ": got " + answers + " answers to "
                    + underWay[connection] + " requests");
        }
        if (answers > 0) {
            answered(connection, answers);
            if (unsent[connection] > 0) {
                flush(connection);
            }
        }
    }

    private int receive(int connection, int socket) throws IOException {
        try {
            int count = sockets.receive(socket, received);
            if (count < 0) {
                throw new IOException("closed by the server");
            }
            return count == 0 ? 0 : protocol.read(connection, received, count);
        } catch (IOException e) {
            throw new IOException("connection " + connection + ": " + e.getMessage(), e);
        }
    }

    private void answered(int connection, int answers) {
        long now = System.nanoTime();
        progressAt = now;
        for (int i = 0; i < answers; i++) {
            int place = oldest[connection];
            oldest[connection] = place + 1 < depth ? place + 1 : 0;
            underWay[connection]--;
            allUnderWay--;
            completed++;
            listener.answered(connection, starts[connection * depth + place], now);
        }
    }

    @Override
    public long perform(long now) throws IOException {
        if (allUnderWay > 0 && now - progressAt > STALL_NANOS) {
            throw new IOException("the server has answered nothing for " + TimeUnit.NANOSECONDS.toSeconds(STALL_NANOS)
                    + " s; " + allUnderWay + " requests are in flight on " + open + " connections");
        }
        return EventLoop.NEVER;
    }

    void close() throws IOException {
        for (int connection = 0; connection < open; connection++) {
            sockets.close(descriptors[connection]);
        }
        open = 0;
    }
}
