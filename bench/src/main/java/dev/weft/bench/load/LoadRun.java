package dev.weft.bench.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One server under load: a warm-up, then windows, by a loop that may serve the upstream at the same time. */
final class LoadRun {
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_DRAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final double LONGEST_COUNT_SECONDS = 0.5; // the number for a request hardly varies
    private static final double LONGEST_LEAD_SECONDS = 0.5;

    private final Transport transport;
    private final EventLoop loop;
    private final @Nullable Upstream upstream;
    private final Plan plan;
    private final Target target;
    private final Consumer<String> progress;
    private final Connections connections;
    private double connectSeconds;
    private long restingBytes;

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
        connections = new Connections(transport, plan.protocol(plan.shape()), plan.shape());
    }

    /** Opens the connections, and warms the server up. Says "warm-up", "connected N" several times, and "warm". */
    void prepare() throws IOException {
        progress.accept("warm-up");
        rehearse();
        restingBytes = ProcessUsage.of(target.pid()).residentBytes();
        loop.add(connections);
        long connecting = System.nanoTime();
        connections.connect(target.address(), loop, count -> progress.accept("connected " + count));
        connectSeconds = (System.nanoTime() - connecting) / 1e9;
        Pace pace = new ClosedLoop(connections, plan.shape());
        pace.start();
        loop.runFor(nanos(plan.warmUpSeconds() / 2));
        drain(pace);
        progress.accept(Load.WARM);
    }

    /**
     * Half of the warm-up, over connections that are closed again, always in a closed loop. A server that lives for long has
     * compiled its code when most of its connections come; one that just started has not, and a coroutine that first waits in
     * interpreted code keeps the frames of that code, which are slow to set aside and to bring back, for as long as its
     * connection lasts.
     */
    private void rehearse() throws IOException {
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

    /** Measures a window. The connections stay open, and idle, as far as they are not late. */
    LoadResult measure(Window window) throws IOException {
        progress.accept("measuring");
        Pace pace = plan.pace(connections, window.ratePerSecond());
        loop.add(pace);
        pace.start();
        loop.runFor(nanos(Math.min(LONGEST_LEAD_SECONDS, window.seconds())));
        Measured measured = measure(pace, window);
        drain(pace);
        SystemCalls.Count systemCalls =
                window.countsSystemCalls() ? countSystemCalls(pace, window) : SystemCalls.Count.NONE;
        loop.remove(pace);
        return result(measured, pace, window, systemCalls);
    }

    private record Measured(long requests, double seconds, Sample.Difference use) {}

    /** The samples are taken outside of the window, with some time between, as the loop stands still meanwhile. */
    private Measured measure(Pace pace, Window window) throws IOException {
        Sample before = sample();
        loop.runFor(SETTLE_NANOS);
        pace.openWindow();
        if (upstream != null) {
            upstream.lateness().reset();
        }
        long completed = connections.completed();
        long opened = System.nanoTime();
        loop.runFor(nanos(window.seconds()));
        long requests = connections.completed() - completed;
        double seconds = (System.nanoTime() - opened) / 1e9;
        if (window.ratePerSecond() > 0) {
            drain(pace); // what was due in the window counts, whenever it is answered
        }
        pace.closeWindow();
        return new Measured(requests, seconds, new Sample.Difference(before, sample()));
    }

    private Sample sample() throws IOException {
        long answered = upstream == null ? 0 : upstream.answered();
        return Sample.now(target.pid(), connections.completed(), answered, loop.spinNanos());
    }

    private void drain(Pace pace) throws IOException {
        pace.stop();
        long start = System.nanoTime();
        loop.runUntil(() -> pace.isQuiet() || System.nanoTime() - start > LONGEST_DRAIN_NANOS);
    }

    private SystemCalls.Count countSystemCalls(Pace pace, Window window) throws IOException {
        if (!pace.isQuiet()) {
            return SystemCalls.Count.NONE;
        }
        List<String> failures = new ArrayList<>();
        for (SystemCalls.Tool tool : SystemCalls.Tool.values()) {
            pace.start();
            OptionalDouble perRequest =
                    countSystemCalls(tool, Math.min(LONGEST_COUNT_SECONDS, window.seconds()), failures);
            drain(pace);
            if (perRequest.isPresent()) {
                return new SystemCalls.Count(perRequest.getAsDouble(), tool.label());
            }
        }
        return new SystemCalls.Count(-1, "unknown: " + String.join(" | ", failures));
    }

    private OptionalDouble countSystemCalls(SystemCalls.Tool tool, double seconds, List<String> failures)
            throws IOException {
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

    private LoadResult result(Measured measured, Pace pace, Window window, SystemCalls.Count systemCalls) {
        Histogram lateness = upstream == null ? Pace.histogram() : upstream.lateness();
        return new LoadResult(
                transport.label(),
                plan.kind().label(),
                plan.shape().connections(),
                plan.shape().busy(),
                plan.shape().depth(),
                plan.answerBytes(),
                window.ratePerSecond(),
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
