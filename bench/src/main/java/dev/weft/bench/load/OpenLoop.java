package dev.weft.bench.load;

import java.io.IOException;
import java.util.Arrays;
import org.HdrHistogram.Histogram;

/**
 * An open loop: sends at a fixed rate, regardless of the server. Request number k is due {@code k / rate} after the start, on
 * the busy connections in turn. If its connection still waits for an answer then, the request is sent once the answer has
 * arrived, but its latency counts from when it was due. So a stalled server is charged for all the requests that it delayed,
 * as in Gil Tene's wrk2; a closed loop would omit them ("coordinated omission").
 *
 * <p>A window contains the requests that were due in it, whenever they were answered.
 */
final class OpenLoop implements Pace {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Connections connections;
    private final Shape shape;
    private final double nanosPerRequest;
    private final int[] indexOf; // by connection: its index among the busy ones
    private final long[] rounds; // by that index: the number of requests sent
    private final Histogram latencies = Pace.histogram();
    private final Histogram sendLags = Pace.histogram();
    private long startNanos;
    private long next; // the first request that is not due yet
    private long answered;
    private boolean isSending;
    private long openNanos;
    private boolean isRecording;

    OpenLoop(Connections connections, Shape shape, double requestsPerSecond) {
        this.connections = connections;
        this.shape = shape;
        nanosPerRequest = NANOS_PER_SECOND / requestsPerSecond;
        indexOf = new int[shape.connections()];
        rounds = new long[shape.busy()];
        for (int index = 0; index < shape.busy(); index++) {
            indexOf[shape.busyConnection(index)] = index;
        }
        connections.setListener(this::answered);
    }

    @Override
    public void start() {
        Arrays.fill(rounds, 0);
        next = 0;
        answered = 0;
        startNanos = System.nanoTime();
        isSending = true;
    }

    private long dueNanos(long request) {
        return startNanos + (long) (request * nanosPerRequest);
    }

    @Override
    public long perform(long now) throws IOException {
        if (!isSending) {
            return EventLoop.NEVER;
        }
        long due = dueNanos(next);
        while (due - now <= 0) {
            send(next, due);
            due = dueNanos(++next);
        }
        return due - now;
    }

    private void send(long request, long due) throws IOException {
        int index = (int) (request % rounds.length);
        int connection = shape.busyConnection(index);
        if (rounds[index] * rounds.length + index != request || !connections.isFree(connection)) {
            return; // it is sent, or was sent, when an answer arrives
        }
        rounds[index]++;
        connections.request(connection, due);
        connections.flush(connection);
        if (isOfWindow(due)) {
            record(sendLags, System.nanoTime() - due);
        }
    }

    private void answered(int connection, long sinceNanos, long now) {
        answered++;
        if (isOfWindow(sinceNanos)) {
            record(latencies, now - sinceNanos);
        }
        int index = indexOf[connection];
        long late = rounds[index] * rounds.length + index;
        if (late < next) {
            rounds[index]++;
            connections.request(connection, dueNanos(late));
        }
    }

    private boolean isOfWindow(long dueNanos) {
        return isRecording && dueNanos - openNanos >= 0;
    }

    private static void record(Histogram histogram, long nanos) {
        histogram.recordValue(Math.min(LONGEST_NANOS, nanos));
    }

    @Override
    public void stop() throws IOException {
        perform(System.nanoTime()); // accounts for all requests due by now
        isSending = false;
    }

    @Override
    public boolean isQuiet() {
        return answered == next;
    }

    @Override
    public void openWindow() {
        latencies.reset();
        sendLags.reset();
        openNanos = System.nanoTime();
        isRecording = true;
    }

    @Override
    public void closeWindow() {
        if (isRecording) {
            recordUnanswered(System.nanoTime());
        }
        isRecording = false;
    }

    /** Records unanswered requests with the time that they have waited so far. */
    private void recordUnanswered(long now) {
        for (int index = 0; index < rounds.length; index++) {
            boolean isUnderWay = !connections.isFree(shape.busyConnection(index));
            long request = (rounds[index] - (isUnderWay ? 1 : 0)) * rounds.length + index;
            for (; request < next; request += rounds.length) {
                if (isOfWindow(dueNanos(request))) {
                    record(latencies, now - dueNanos(request));
                }
            }
        }
    }

    @Override
    public Histogram latencies() {
        return latencies;
    }

    @Override
    public Histogram sendLags() {
        return sendLags;
    }
}
