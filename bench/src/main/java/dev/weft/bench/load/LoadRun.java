package dev.weft.bench.load;

import dev.weft.bench.rival.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** One server under load: a warm-up, then windows. The same loop may also serve the upstream. */
final class LoadRun {
    private static final long SETTLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_DRAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final double LONGEST_LEAD_SECONDS = 0.5;

    private final Sockets sockets;
    private final EventLoop loop;
    private final @Nullable Upstream upstream;
    private final Service service;
    private final Shape shape;
    private final Consumer<String> progress;
    private final Connections connections;
    private long serverPid;
    private long restingBytes;

    /** @param progress receives the lines described in {@link Load} */
    LoadRun(
            Sockets sockets,
            EventLoop loop,
            @Nullable Upstream upstream,
            Service service,
            Shape shape,
            Consumer<String> progress) {
        this.sockets = sockets;
        this.loop = loop;
        this.upstream = upstream;
        this.service = service;
        this.shape = shape;
        this.progress = progress;
        connections = connections(shape);
    }

    private Connections connections(Shape shape) {
        return new Connections(sockets, Protocol.of(service, shape), shape);
    }

    /**
     * Warms up the server given as {@code PORT PID}, and opens the connections to it. Reports "warm-up", "connected N"
     * several times, and "warm".
     */
    void prepare(String server, double warmUpSeconds) throws IOException {
        if (!server.matches("[0-9]{1,5} [0-9]{1,18}")) {
            throw new IOException("expected the server's \"PORT PID\" on standard input, not \"" + server + '"');
        }
        String[] words = server.split(" ", -1);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(words[0]));
        serverPid = Long.parseLong(words[1]);
        progress.accept("warm-up");
        rehearse(address, warmUpSeconds / 2);
        restingBytes = ProcessUsage.of(serverPid).residentBytes();
        loop.add(connections);
        connections.connect(address, loop, count -> progress.accept("connected " + count));
        Pace pace = new ClosedLoop(connections, shape);
        pace.start();
        loop.runFor(nanos(warmUpSeconds / 2));
        drain(pace);
        progress.accept(Load.WARM);
    }

    /**
     * Runs half of the warm-up, in a closed loop, over connections that are then closed. A long-running server has compiled its
     * code before most of its connections arrive. In a fresh server, a coroutine that first waits in interpreted code keeps its
     * interpreted frames, which are slow to freeze and thaw, until its connection ends.
     */
    private void rehearse(InetSocketAddress server, double seconds) throws IOException {
        Shape few = shape.rehearsal();
        Connections rehearsal = connections(few);
        loop.add(rehearsal);
        rehearsal.connect(server, loop, connected -> {});
        Pace pace = new ClosedLoop(rehearsal, few);
        pace.start();
        loop.runFor(nanos(seconds));
        pace.stop();
        loop.runUntil(pace::isQuiet);
        rehearsal.close();
        loop.remove(rehearsal);
        loop.runFor(SETTLE_NANOS); // the server closes its side
    }

    /** Measures a window. Afterwards the connections stay open, and idle unless answers are overdue. */
    LoadResult measure(Window window) throws IOException {
        progress.accept("measuring");
        boolean isOpenLoop = window.ratePerSecond() > 0;
        Pace pace = isOpenLoop
                ? new OpenLoop(connections, shape, window.ratePerSecond())
                : new ClosedLoop(connections, shape);
        loop.add(pace);
        pace.start();
        loop.runFor(nanos(Math.min(LONGEST_LEAD_SECONDS, window.seconds())));
        // The loop stands still while a sample is taken, so samples lie outside the window, with some time in between.
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
        if (isOpenLoop) {
            drain(pace); // requests due in the window count, whenever they are answered
        }
        pace.closeWindow();
        Sample after = sample();
        drain(pace);
        loop.remove(pace);
        return result(window, requests, seconds, pace, after.since(before));
    }

    private Sample sample() throws IOException {
        return new Sample(
                System.nanoTime(),
                connections.completed(),
                upstream == null ? 0 : upstream.answered(),
                loop.spinNanos(),
                ProcessUsage.of(serverPid),
                ProcessUsage.contextSwitches(serverPid),
                ProcessUsage.of(ProcessHandle.current().pid()),
                ProcessUsage.machineCpuNanos());
    }

    /**
     * The counters read before and after a window. Reading them blocks the load generator for milliseconds, or for tenths of a
     * second if the server has thousands of threads.
     */
    private record Sample(
            long nanos,
            long completed,
            long upstreamAnswered,
            long spinNanos,
            ProcessUsage server,
            long serverSwitches,
            ProcessUsage load,
            long machineCpuNanos) {
        /** Returns the difference between this sample and {@code before}. */
        Sample since(Sample before) {
            return new Sample(
                    nanos - before.nanos,
                    Math.max(1, completed - before.completed),
                    upstreamAnswered - before.upstreamAnswered,
                    spinNanos - before.spinNanos,
                    server.since(before.server),
                    serverSwitches - before.serverSwitches,
                    load.since(before.load),
                    machineCpuNanos - before.machineCpuNanos);
        }

        double share(long cpuNanos) {
            return (double) cpuNanos / nanos;
        }

        double perRequest(long count) {
            return (double) count / completed;
        }
    }

    private void drain(Pace pace) throws IOException {
        pace.stop();
        long start = System.nanoTime();
        loop.runUntil(() -> pace.isQuiet() || System.nanoTime() - start > LONGEST_DRAIN_NANOS);
    }

    private LoadResult result(Window window, long requests, double seconds, Pace pace, Sample use) {
        Histogram latencies = pace.latencies();
        return new LoadResult(
                shape.connections(),
                window.ratePerSecond(),
                requests,
                requests / seconds,
                millis(latencies, 50),
                millis(latencies, 99),
                millis(latencies, 99.9),
                use.perRequest(use.server.cpuNanos()) / 1e3,
                use.share(use.server.cpuNanos()),
                use.perRequest(use.serverSwitches),
                restingBytes,
                use.server.residentBytes(),
                use.share(use.load.cpuNanos()),
                use.share(use.spinNanos),
                millis(pace.sendLags(), 99),
                upstream == null ? 0 : millis(upstream.lateness(), 99),
                use.perRequest(use.upstreamAnswered),
                Math.max(0, use.share(use.machineCpuNanos - use.server.cpuNanos() - use.load.cpuNanos())));
    }

    private static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
