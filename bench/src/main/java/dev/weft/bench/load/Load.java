package dev.weft.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The load generator's process. Standard output tells, a line each: {@code warm-up}, {@code connected <n>}, {@code
 * measuring}, and {@code result <json>}. Then it holds the connections, idle, until its standard input ends.
 */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description = "Drive an echo server: every connection busy in a closed loop (c10k starts this by itself).")
public final class Load implements Callable<Integer> {
    /** What a result line begins with. */
    public static final String RESULT = "result ";

    private static final int REHEARSING = 1000;
    private static final int LARGEST_MESSAGE = 16 * 1024; // so that a message always fits into the socket's buffers

    /** How to talk to the kernel. */
    public enum Engine {
        AUTO,
        EPOLL,
        NIO
    }

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Where the server is (${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--port", required = true, description = "On which port.")
    private int port;

    @Option(names = "--connections", defaultValue = "10000", description = "How many (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--size", defaultValue = "64", description = "Bytes in a message, 4 to 16384 (${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--warm-up",
            defaultValue = "4",
            description = "Seconds before the window, half of them over other connections (${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(names = "--window", defaultValue = "7", description = "Seconds that are measured (${DEFAULT-VALUE}).")
    private double windowSeconds;

    @Option(names = "--server-pid", required = true, description = "The server's process, whose CPU time is taken.")
    private long serverPid;

    @Option(names = "--engine", defaultValue = "AUTO", description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Engine engine = Engine.AUTO;

    @Override
    public Integer call() throws IOException {
        if (size < Integer.BYTES || size > LARGEST_MESSAGE) {
            throw new IllegalArgumentException("--size must be between 4 and " + LARGEST_MESSAGE + ": " + size);
        }
        say("warm-up");
        rehearse();
        try (Transport transport = transport(connections)) {
            ClosedLoop loop = new ClosedLoop(transport, connections, size);
            LoadResult result = measure(loop);
            say(RESULT + new ObjectMapper().writeValueAsString(result));
            while (System.in.read() >= 0) {
                // Whoever started us is still looking at the server.
            }
        }
        return 0;
    }

    private Transport transport(int count) throws IOException {
        return usesEpoll() ? new EpollTransport(count, size) : new NioTransport(count, size);
    }

    /**
     * Half of the warm-up, over connections that are closed again. A server that lives for long has compiled its code when
     * most of its connections come; one that just started has not, and a coroutine that first waits in interpreted code
     * keeps the frames of that code, which are slow to set aside and to bring back, for as long as its connection lasts.
     */
    private void rehearse() throws IOException {
        int count = Math.min(connections, REHEARSING);
        try (Transport transport = transport(count)) {
            ClosedLoop rehearsal = new ClosedLoop(transport, count, size);
            rehearsal.connect(new InetSocketAddress(host, port), connected -> {});
            rehearsal.start();
            rehearsal.runFor(nanos(warmUpSeconds / 2));
            rehearsal.drain();
        }
    }

    private boolean usesEpoll() {
        return engine == Engine.EPOLL || (engine == Engine.AUTO && NativeSockets.isSupported());
    }

    private LoadResult measure(ClosedLoop loop) throws IOException {
        long connecting = System.nanoTime();
        loop.connect(new InetSocketAddress(host, port), count -> say("connected " + count));
        long connected = System.nanoTime();
        loop.start();
        loop.runFor(nanos(warmUpSeconds / 2));
        say("measuring");
        loop.resetCounts();
        Window before = Window.now(serverPid);
        loop.runFor(nanos(windowSeconds));
        LoadResult result = result(loop, (connected - connecting) / 1e9, before, Window.now(serverPid));
        loop.drain();
        return result;
    }

    /** All that is looked at when the window opens and when it closes. */
    private record Window(long nanos, ProcessUsage server, ProcessUsage load, long machineCpuNanos) {
        static Window now(long serverPid) throws IOException {
            long ownPid = ProcessHandle.current().pid();
            return new Window(
                    System.nanoTime(), ProcessUsage.of(serverPid), ProcessUsage.of(ownPid), MachineUsage.cpuNanos());
        }
    }

    private LoadResult result(ClosedLoop loop, double connectSeconds, Window before, Window after) {
        Histogram latencies = loop.latencies();
        long requests = loop.completed();
        double nanos = after.nanos() - before.nanos();
        long serverCpu = after.server().cpuNanos() - before.server().cpuNanos();
        long loadCpu = after.load().cpuNanos() - before.load().cpuNanos();
        long machineCpu = after.machineCpuNanos() - before.machineCpuNanos();
        return new LoadResult(
                usesEpoll() ? "epoll" : "nio",
                connections,
                size,
                connectSeconds,
                nanos / 1e9,
                requests,
                requests * 1e9 / nanos,
                latencies.getValueAtPercentile(50) / 1e6,
                latencies.getValueAtPercentile(99) / 1e6,
                latencies.getValueAtPercentile(99.9) / 1e6,
                latencies.getMaxValue() / 1e6,
                serverCpu / 1e3 / Math.max(1, requests),
                serverCpu / nanos,
                loadCpu / nanos,
                Math.max(0, (machineCpu - serverCpu - loadCpu) / nanos),
                after.server().residentBytes(),
                after.server().threads());
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
