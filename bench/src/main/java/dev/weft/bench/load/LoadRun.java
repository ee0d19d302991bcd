package dev.weft.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One measurement of one server, by a loop that may serve the upstream at the same time. */
final class LoadRun {
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_DRAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final double LONGEST_COUNT_SECONDS = 2;

    private final Transport transport;
    private final EventLoop loop;
    private final @Nullable Upstream upstream;
    private final Plan plan;
    private final Target target;
    private final Consumer<String> progress;

    /** Tells {@code progress} the lines that {@link Load} describes. */
    LoadRun(
            Transport transport,
            EventLoop loop,
            @Nullable Upstream upstream,
            Plan plan,
            Target target,
            Consumer<String> progress) {
        this.transport = transport;
        this.loop = loop;
        this.upstream = upstream;
        this.plan = plan;
        this.target = target;
        this.progress = progress;
    }

    /**
     * Half of the warm-up, over connections that are closed again, always in a closed loop. A server that lives for long has
     * compiled its code when most of its connections come; one that just started has not, and a coroutine that first waits in
     * interpreted code keeps the frames of that code, which are slow to set aside and to bring back, for as long as its
     * connection lasts.
     */
    void rehearse() throws IOException {
        progress.accept("warm-up");
        Shape shape = plan.shape().rehearsal();
        Connections rehearsal = new Connections(transport, plan.protocol(shape), shape);
        loop.add(rehearsal);
        rehearsal.connect(target.address(), loop, connected -> {});
        Pace pace = new ClosedLoop(rehearsal, shape);
        pace.start();
        loop.runFor(nanos(plan.warmUpSeconds() / 2));
        pace.stop();
        loop.runUntil(pace::isQuiet);
        rehearsal.close();
        loop.remove(rehearsal);
        loop.runFor(SETTLE_NANOS); // the server closes its side
    }

    /** The rest of the warm-up, and the window. The connections stay open. */
    LoadResult measure() throws IOException {
        long restingBytes = ProcessUsage.of(target.pid()).residentBytes();
        Connections connections = new Connections(transport, plan.protocol(plan.shape()), plan.shape());
        loop.add(connections);
        long connecting = System.nanoTime();
        connections.connect(target.address(), loop, count -> progress.accept("connected " + count));
        double connectSeconds = (System.nanoTime() - connecting) / 1e9;
        Pace pace = plan.pace(connections);
        loop.add(pace);
        pace.start();
        loop.runFor(nanos(plan.warmUpSeconds() / 2));
        progress.accept("measuring");
        Measured measured = measure(connections, pace);
        drain(pace);
        return result(measured, pace, connectSeconds, countSystemCalls(connections, pace), restingBytes);
    }

    private record Measured(long requests, double seconds, Sample.Difference use) {}

    /** The samples are taken outside of the window, with some time between, as the loop stands still meanwhile. */
    private Measured measure(Connections connections, Pace pace) throws IOException {
        Sample before = sample(connections);
        loop.runFor(SETTLE_NANOS);
        pace.openWindow();
        if (upstream != null) {
            upstream.lateness().reset();
        }
        long completed = connections.completed();
        long opened = System.nanoTime();
        loop.runFor(nanos(plan.windowSeconds()));
        long requests = connections.completed() - completed;
        double seconds = (System.nanoTime() - opened) / 1e9;
        if (plan.ratePerSecond() > 0) {
            drain(pace); // what was due in the window counts, whenever it is answered
        }
        pace.closeWindow();
        return new Measured(requests, seconds, new Sample.Difference(before, sample(connections)));
    }

    private Sample sample(Connections connections) throws IOException {
        long answered = upstream == null ? 0 : upstream.answered();
        return Sample.now(target.pid(), connections.completed(), answered, loop.spinNanos());
    }

    private void drain(Pace pace) throws IOException {
        pace.stop();
        long start = System.nanoTime();
        loop.runUntil(() -> pace.isQuiet() || System.nanoTime() - start > LONGEST_DRAIN_NANOS);
    }

    private SystemCalls.Count countSystemCalls(Connections connections, Pace pace) throws IOException {
        if (!plan.countsSystemCalls() || !pace.isQuiet()) {
            return SystemCalls.Count.NONE;
        }
        List<String> failures = new ArrayList<>();
        for (SystemCalls.Tool tool : SystemCalls.Tool.values()) {
            pace.start();
            OptionalDouble perRequest = countSystemCalls(tool, connections, failures);
            drain(pace);
            if (perRequest.isPresent()) {
                return new SystemCalls.Count(perRequest.getAsDouble(), tool.label());
            }
        }
        return new SystemCalls.Count(-1, "unknown: " + String.join(" | ", failures));
    }

    private OptionalDouble countSystemCalls(SystemCalls.Tool tool, Connections connections, List<String> failures)
            throws IOException {
        double seconds = Math.min(LONGEST_COUNT_SECONDS, plan.windowSeconds());
        try (SystemCalls counting = SystemCalls.start(tool, target.pid(), seconds)) {
            loop.runUntil(counting::hasBegun);
            long before = connections.completed();
            loop.runUntil(counting::hasEnded);
            long requests = Math.max(1, connections.completed() - before);
            if (counting.calls().isEmpty()) {
                failures.add(counting.said());
                return OptionalDouble.empty();
            }
            return OptionalDouble.of(counting.calls().getAsLong() / (double) requests);
        }
    }

    private LoadResult result(
            Measured measured, Pace pace, double connectSeconds, SystemCalls.Count systemCalls, long restingBytes) {
        Histogram lateness = upstream == null ? Pace.histogram() : upstream.lateness();
        return new LoadResult(
                transport.label(),
                plan.kind().label(),
                plan.shape().connections(),
                plan.shape().busy(),
                plan.shape().depth(),
                plan.answerBytes(),
                plan.ratePerSecond(),
                connectSeconds,
                measured.seconds(),
                measured.requests(),
                measured.requests() / measured.seconds(),
                Latency.of(pace.latencies()),
                measured.use().server(systemCalls, restingBytes),
                measured.use().load(Latency.millis(pace.sendLags(), 99), Latency.millis(lateness, 99)),
                measured.use().othersCpuShare());
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
