package dev.weft.bench.load;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/**
 * A closed loop: each busy connection sends its next message when one has come back. The server sets the pace, and the mean
 * latency is the number of messages in flight divided by the requests per second.
 */
final class ClosedLoop implements Pace {
    private final Connections connections;
    private final Shape shape;
    private final Histogram latencies = Pace.histogram();
    private final Histogram noLags = Pace.histogram();
    private boolean isSending;
    private boolean isRecording;

    ClosedLoop(Connections connections, Shape shape) {
        this.connections = connections;
        this.shape = shape;
        connections.setListener(this::answered);
    }

    @Override
    public void start() throws IOException {
        isSending = true;
        for (int index = 0; index < shape.busy(); index++) {
            int connection = shape.busyConnection(index);
            for (int i = 0; i < shape.depth(); i++) {
                connections.request(connection, System.nanoTime());
            }
            connections.flush(connection);
        }
    }

    private void answered(int connection, long sinceNanos, long now) {
        if (isRecording) {
            latencies.recordValue(Math.min(LONGEST_NANOS, now - sinceNanos));
        }
        if (isSending) {
            connections.request(connection, now);
        }
    }

    @Override
    public void stop() {
        isSending = false;
    }

    @Override
    public boolean isQuiet() {
        return connections.underWay() == 0;
    }

    @Override
    public void openWindow() {
        latencies.reset();
        isRecording = true;
    }

    @Override
    public void closeWindow() {
        isRecording = false;
    }

    @Override
    public Histogram latencies() {
        return latencies;
    }

    @Override
    public Histogram sendLags() {
        return noLags;
    }

    @Override
    public long perform(long now) {
        return EventLoop.NEVER;
    }
}
