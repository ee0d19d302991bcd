package dev.weft.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.rival.Service;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The load generator process: a single thread that drives a server and also acts as the server's upstream.
 *
 * <p>It prints one line each to standard output: {@code upstream PORT} if the service has an upstream; {@code warm-up},
 * {@code connected N} several times, {@code warm}; then for each window {@code measuring} and {@code result JSON}, a {@link
 * LoadResult}. The first line of standard input is the server's {@code PORT PID}, so that the server can be started once the
 * upstream's port is known. Each further line is a {@link Window#command}. Between windows, and until standard input ends,
 * the connections stay open and idle.
 *
 * <p>In a <em>closed loop</em> every busy connection sends its next request when it has received an answer, so latency follows
 * from throughput. At a given rate it is an <em>open loop</em>: requests are due at fixed instants, and latency counts from
 * then, even if a slow server delayed the sending.
 *
 * <p>Answers are checked: an echo for its connection and order, HTTP for status, headers and body. A wrong answer, a connection
 * closed by the server, and 15 s without an answer end the process with status 1.
 */
@Command(name = "load", hidden = true, mixinStandardHelpOptions = true, description = "Drive a server; used by suite.")
public final class Load implements Callable<Integer> {
    /** The prefix of a result line. */
    public static final String RESULT = "result ";
    /** The line printed when the server is warm and its connections are idle. */
    public static final String WARM = "warm";
    /** The prefix of the line with the upstream's port. */
    public static final String UPSTREAM = "upstream ";

    private static final long UPSTREAM_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    @Option(
            names = "--service",
            defaultValue = "ECHO",
            description = "Service of the server: ${COMPLETION-CANDIDATES}.")
    private Service service = Service.ECHO;

    @Option(names = "--connections", required = true, description = "Number of connections.")
    private int connections;

    @Option(names = "--busy", description = "Number of connections that stay busy after one exchange on each (all).")
    private @Nullable Integer busy;

    @Option(names = "--depth", defaultValue = "1", description = "Messages in flight per busy connection.")
    private int depth;

    @Option(names = "--size", defaultValue = "64", description = "Bytes per message, 8 to 16384.")
    private int size;

    @Option(names = "--warm-up", required = true, description = "Warm-up in seconds, half of it on other connections.")
    private double warmUpSeconds;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Shape shape = shape();
        StandardInput input = StandardInput.of(System.in);
        try (Sockets sockets = open()) {
            EventLoop loop = new EventLoop(sockets);
            Upstream upstream = upstream(sockets);
            if (upstream != null) {
                loop.add(upstream);
                say(UPSTREAM + upstream.port());
            }
            String server = input.next(loop);
            LoadRun run = new LoadRun(sockets, loop, upstream, service, shape, Load::say);
            run.prepare(server == null ? "" : server, warmUpSeconds);
            String line;
            while ((line = input.next(loop)) != null) {
                say(RESULT + new ObjectMapper().writeValueAsString(run.measure(Window.parse(line))));
            }
        }
        return 0;
    }

    private static Sockets open() throws IOException {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!system.matches("Linux (amd64|aarch64)")) {
            throw new BenchFailure("the load generator requires Linux on x86-64 or ARM; this is " + system);
        }
        return new Sockets();
    }

    private Shape shape() {
        try {
            return new Shape(connections, busy == null ? connections : busy, depth, size);
        } catch (IllegalArgumentException e) {
            throw spec == null ? e : new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private @Nullable Upstream upstream(Sockets sockets) throws IOException {
        return switch (service.upstream()) {
            case NONE -> null;
            case ECHO -> new EchoUpstream(sockets, size);
            case HTTP -> new HttpUpstream(sockets, Service.BODY, UPSTREAM_NANOS);
        };
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
