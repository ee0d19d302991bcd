package dev.weft.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import org.HdrHistogram.Histogram;

/**
 * Keeps every connection busy: one message is always on its way, and the next is sent when its echo is whole. So the
 * server sets the pace, and the mean latency is the number of connections divided by the requests a second.
 *
 * <p>Every echo is checked to be of its own connection. Allocates nothing once connected; one thread uses it.
 */
final class ClosedLoop implements Transport.Sink {
    /** So many connections are opened before an answer is waited for; well below the backlog of every server here. */
    private static final int BURST = 256;

    private static final int POLL_MILLIS = 50;
    private static final long STALL_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long SHORTEST_NANOS = 1_000;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(100);

    private final Transport transport;
    private final int messageSize;
    private final int[] missing;
    private final long[] sentAtNanos;
    private final Histogram latencies = new Histogram(SHORTEST_NANOS, LONGEST_NANOS, 3);
    private boolean repeating;
    private long completed;
    private int underWay;

    ClosedLoop(Transport transport, int connections, int messageSize) {
        this.transport = transport;
        this.messageSize = messageSize;
        missing = new int[connections];
        sentAtNanos = new long[connections];
    }

    /** Opens all connections, in bursts, each of which is answered before the next; so no backlog overflows. */
    void connect(InetSocketAddress server, IntConsumer connected) throws IOException {
        for (int from = 0; from < missing.length; from += BURST) {
            int to = Math.min(missing.length, from + BURST);
            for (int connection = from; connection < to; connection++) {
                transport.connect(connection, server);
                send(connection, System.nanoTime());
            }
            runUntil(() -> underWay == 0);
            connected.accept(to);
        }
    }

    /** Sends a message on every connection, and from now on another one whenever one has come back. */
    void start() throws IOException {
        repeating = true;
        for (int connection = 0; connection < missing.length; connection++) {
            send(connection, System.nanoTime());
        }
    }

    /** Goes on for {@code nanos}. */
    void runFor(long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        runUntil(() -> System.nanoTime() - end >= 0);
    }

    /** Sends nothing more, and waits until nothing is under way. */
    void drain() throws IOException {
        repeating = false;
        runUntil(() -> underWay == 0);
    }

    /** Forgets what was counted so far. */
    void resetCounts() {
        completed = 0;
        latencies.reset();
    }

    /** Messages that came back since the last reset. */
    long completed() {
        return completed;
    }

    /** Their latencies, in nanoseconds. */
    Histogram latencies() {
        return latencies;
    }

    private void runUntil(BooleanSupplier isOver) throws IOException {
        long progressAt = System.nanoTime();
        long seen = completed;
        while (!isOver.getAsBoolean()) {
            transport.select(POLL_MILLIS, this);
            if (completed != seen) {
                seen = completed;
                progressAt = System.nanoTime();
            } else if (System.nanoTime() - progressAt > STALL_NANOS) {
                throw new IOException("the server has answered nothing for "
                        + TimeUnit.NANOSECONDS.toSeconds(STALL_NANOS) + " s; " + underWay + " of "
                        + missing.length + " connections wait for an answer");
            }
        }
    }

    @Override
    public void ready(int connection) throws IOException {
        int count = transport.receive(connection);
        if (count < 0) {
            throw new IOException("the server closed connection " + connection);
        }
        if (count == messageSize && transport.receivedStamp() != connection) {
            throw new IOException(
                    "connection " + connection + " got the echo of connection " + transport.receivedStamp());
        }
        missing[connection] -= count;
        if (missing[connection] == 0) {
            completed(connection);
        }
    }

    private void completed(int connection) throws IOException {
        long now = System.nanoTime();
        completed++;
        underWay--;
        latencies.recordValue(Math.min(LONGEST_NANOS, now - sentAtNanos[connection]));
        if (repeating) {
            send(connection, now);
        }
    }

    private void send(int connection, long now) throws IOException {
        missing[connection] = messageSize;
        sentAtNanos[connection] = now;
        underWay++;
        transport.send(connection, connection);
    }

    @Override
    public String toString() {
        return "closed loop over " + missing.length + " connections, missing bytes "
                + Arrays.stream(missing).sum();
    }
}
