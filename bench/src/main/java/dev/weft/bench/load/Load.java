package dev.weft.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.rival.Service;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The load generator's process: one thread, which drives a server and, if {@code --upstream} says so, is what stands behind
 * it as well.
 *
 * <p>Standard output tells, a line each: {@code upstream <port>} if it is one; {@code warm-up}, {@code connected <n>} several
 * times, {@code warm}; then for each window {@code measuring} and {@code result <json>}, a {@link LoadResult}. Between windows,
 * and until its standard input ends, it holds the connections, idle. The first line of standard input is the server's {@code
 * PORT PID}: so a server can be started once the upstream's port is known. Each further one is a {@link Window#command}. Where
 * options give the port and the process, there is one window, at once. The upstream serves from before its port is told until
 * the end.
 *
 * <p>Closed or open. In a <em>closed loop</em> every busy connection sends its next request when an answer has come, so the
 * latency follows from the throughput. With {@code --rate} it is an <em>open loop</em>: requests are due at fixed instants,
 * and latency counts from then, also for those that the server's own slowness kept from being sent.
 *
 * <p>Answers are checked: an echo for its connection and order, HTTP for status, headers and body. A wrong one, a connection
 * that the server closes, and 15 s without an answer end the process with status 1.
 *
 * <p>Where something is due within a millisecond (open loop, {@code --upstream=http}) it polls without waiting: its CPU share
 * is then high by construction. {@link LoadUse#spinShare()} is the part of it that was spent in vain, and
 * {@link LoadResult#isLimitedByLoad()} takes it into account.
 */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        description =
                "Drive a server with echoes or HTTP, and serve what is behind it (the suite starts this by itself).")
public final class Load implements Callable<Integer> {
    /** What a result line begins with. */
    public static final String RESULT = "result ";

    /** The line that says that the server is warm, and its connections are idle. */
    public static final String WARM = "warm";

    /** What the line with the upstream's port begins with. */
    public static final String UPSTREAM = "upstream ";

    /** How to talk to the kernel. */
    public enum Engine {
        AUTO,
        EPOLL,
        NIO;

        Transport open() throws IOException {
            boolean usesEpoll = this == EPOLL || (this == AUTO && NativeSockets.isSupported());
            return usesEpoll ? new EpollTransport() : new NioTransport();
        }
    }

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Where the server is (${DEFAULT-VALUE}).")
    private String host = "";

    @Option(
            names = "--port",
            description = "On which port; without it standard input tells, once the upstream is there.")
    private @Nullable Integer port;

    @Option(
            names = "--server-pid",
            description = "The server's process, whose use of the machine is told; with --port.")
    private @Nullable Long serverPid;

    @Option(names = "--protocol", defaultValue = "ECHO", description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Plan.Kind protocol = Plan.Kind.ECHO;

    @Option(
            names = "--expect",
            defaultValue = Service.BODY,
            description = "The body of every HTTP answer (${DEFAULT-VALUE}).")
    private String expectedBody = "";

    @Option(names = "--connections", defaultValue = "10000", description = "How many (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--busy", description = "How many of them send, after one exchange on each (all).")
    private @Nullable Integer busy;

    @Option(
            names = "--depth",
            defaultValue = "1",
            description = "Echoes under way on each busy one (${DEFAULT-VALUE}).")
    private int depth;

    @Option(names = "--size", defaultValue = "64", description = "Bytes in an echo, 8 to 16384 (${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--rate",
            defaultValue = "0",
            description =
                    "Requests a second, all together, whatever the server does; 0: as fast as it answers; with --port.")
    private double ratePerSecond;

    @Option(
            names = "--warm-up",
            defaultValue = "4",
            description = "Seconds before the first window, half of them over other connections (${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(names = "--window", defaultValue = "7", description = "Seconds that are measured (${DEFAULT-VALUE}).")
    private double windowSeconds;

    @Option(
            names = "--count-system-calls",
            description =
                    "After the window, count the server's system calls (perf, else strace) for up to 2 seconds; with --port.")
    private boolean countsSystemCalls;

    @Option(
            names = "--upstream",
            defaultValue = "NONE",
            description = "Be what stands behind the server: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Service.Upstream upstream = Service.Upstream.NONE;

    @Option(
            names = "--upstream-delay",
            defaultValue = "1000",
            description = "Microseconds after which the HTTP upstream answers (${DEFAULT-VALUE}).")
    private long upstreamDelayMicros;

    @Option(names = "--engine", defaultValue = "AUTO", description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Engine engine = Engine.AUTO;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Plan plan = plan();
        Window once = window();
        StandardInput input = StandardInput.of(System.in);
        try (Transport transport = engine.open()) {
            EventLoop loop = new EventLoop(transport);
            Upstream behind = upstream(transport);
            if (behind != null) {
                loop.add(behind);
                say(UPSTREAM + behind.port());
            }
            Target given = givenTarget();
            Target target = given == null ? Target.parse(host, input.next(loop)) : given;
            LoadRun run = new LoadRun(transport, loop, behind, plan, target, Load::say);
            run.prepare();
            if (given != null) {
                tell(run.measure(once));
            }
            String line;
            while ((line = input.next(loop)) != null) {
                tell(run.measure(Window.parse(line)));
            }
        }
        return 0;
    }

    private static void tell(LoadResult result) throws IOException {
        say(RESULT + new ObjectMapper().writeValueAsString(result));
    }

    private Plan plan() {
        try {
            Shape shape = new Shape(connections, busy == null ? connections : busy, depth);
            return new Plan(protocol, expectedBody, size, shape, warmUpSeconds);
        } catch (IllegalArgumentException e) {
            throw wrongOption(String.valueOf(e.getMessage()));
        }
    }

    private Window window() {
        if (depth > 1 && ratePerSecond > 0) {
            throw wrongOption("--depth is for a closed loop: leave out --rate");
        }
        try {
            return new Window(windowSeconds, ratePerSecond, countsSystemCalls);
        } catch (IllegalArgumentException e) {
            throw wrongOption(String.valueOf(e.getMessage()));
        }
    }

    private RuntimeException wrongOption(String message) {
        return spec == null
                ? new IllegalArgumentException(message)
                : new ParameterException(spec.commandLine(), message);
    }

    private @Nullable Upstream upstream(Transport transport) throws IOException {
        return switch (upstream) {
            case NONE -> null;
            case ECHO -> new EchoUpstream(transport, size);
            case HTTP -> new HttpUpstream(transport, Service.BODY, TimeUnit.MICROSECONDS.toNanos(upstreamDelayMicros));
        };
    }

    private @Nullable Target givenTarget() {
        if (port != null && serverPid != null) {
            return new Target(new InetSocketAddress(host, port), serverPid);
        }
        if (port != null || serverPid != null) {
            throw wrongOption("--port and --server-pid belong together");
        }
        return null;
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
