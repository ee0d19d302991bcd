package dev.weft.bench.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.load.Load;
import dev.weft.bench.load.LoadResult;
import dev.weft.bench.load.Shape;
import dev.weft.bench.load.Window;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Child;
import dev.weft.bench.machine.Pinning;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.Terms;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A contender's server in one scenario and the load generator that drives it, each in its own process. Both are warm, and
 * idle except while a window is measured. So several contenders, all equally warm, can be measured in turn within seconds.
 */
final class TestBed implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("listening on .*:(\\d+) .*");
    private static final Pattern UPSTREAM = Pattern.compile(Load.UPSTREAM + "(\\d+)");
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Plan plan;
    private final Scenario scenario;
    private final Contender contender;
    private final PrintStream progress;
    private final Child load;
    private final Child server;
    private int port;

    private TestBed(Plan plan, Scenario scenario, Contender contender, PrintStream progress, Child load, Child server) {
        this.plan = plan;
        this.scenario = scenario;
        this.contender = contender;
        this.progress = progress;
        this.load = load;
        this.server = server;
    }

    /** Starts the server of {@code contender}, connects to it and warms it up. */
    static TestBed open(Plan plan, Scenario scenario, Contender contender, Pinning pinning, PrintStream progress) {
        List<String> generator = new ArrayList<>(prefix(scenario, pinning, Pinning.LOAD));
        generator.addAll(Child.java());
        generator.addAll(loadArguments(plan, scenario));
        Child load = Child.of("load generator", generator);
        try {
            List<String> command = new ArrayList<>(prefix(scenario, pinning, Pinning.SERVER));
            command.addAll(contender.program().command(terms(scenario, load), plan.serverFlags()));
            Child server = Child.of(contender.label() + " server", command);
            TestBed bed = new TestBed(plan, scenario, contender, progress, load, server);
            try {
                bed.prepare();
                return bed;
            } catch (Throwable t) {
                server.close();
                throw t;
            }
        } catch (Throwable t) {
            load.close();
            throw t;
        }
    }

    private void prepare() {
        explained(() -> {
            port = number(server, LISTENING, "print its port");
            load.tell(port + " " + server.pid());
            String line;
            do {
                line = load.nextLine(PATIENCE.plusMillis((long) (1000 * plan.warmUpSeconds())));
                if (line.equals("connected " + scenario.shape().connections())) {
                    say(", %,d connected", scenario.shape().connections());
                } else if (line.equals("warm-up")) {
                    say("warming up %.1f s", plan.warmUpSeconds());
                }
            } while (!line.equals(Load.WARM));
            return line;
        });
    }

    /** Returns the port of the server. */
    int port() {
        return port;
    }

    Run measure(int round) {
        return explained(() -> {
            double rate = 0;
            if (scenario.isOpenLoop()) {
                Window closed = new Window(plan.windowSeconds(), 0);
                rate = window(closed).requestsPerSecond() * scenario.shareOfMaximum();
            }
            return new Run(scenario.id(), contender, round, window(new Window(plan.windowSeconds(scenario), rate)));
        });
    }

    private LoadResult window(Window window) {
        load.tell(window.command());
        String line;
        do {
            line = load.nextLine(PATIENCE.plusMillis((long) (1000 * window.seconds())));
        } while (!line.startsWith(Load.RESULT));
        return parse(line.substring(Load.RESULT.length()));
    }

    @Override
    public void close() {
        load.close();
        server.close();
    }

    private static List<String> prefix(Scenario scenario, Pinning pinning, int core) {
        return scenario.serverCores() > 1 ? List.of() : pinning.prefix(core);
    }

    private static Terms terms(Scenario scenario, Child load) {
        Service service = scenario.service();
        if (service.upstream() == Service.UpstreamKind.NONE) {
            return new Terms(service, scenario.serverCores(), null);
        }
        int port = number(load, UPSTREAM, "print the port of its upstream");
        return new Terms(
                service, scenario.serverCores(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static int number(Child child, Pattern expected, String expectation) {
        String line = child.nextLine(START);
        Matcher match = expected.matcher(line);
        if (!match.matches()) {
            throw child.failure("was expected to " + expectation + " but printed: " + line);
        }
        return Integer.parseInt(match.group(1));
    }

    private static List<String> loadArguments(Plan plan, Scenario scenario) {
        Shape shape = scenario.shape();
        return List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xms64m",
                "dev.weft.bench.Bench",
                "load",
                "--service=" + scenario.service(),
                "--connections=" + shape.connections(),
                "--busy=" + shape.busy(),
                "--depth=" + shape.depth(),
                "--size=" + shape.messageBytes(),
                "--warm-up=" + plan.warmUpSeconds());
    }

    private static LoadResult parse(String json) {
        try {
            return new ObjectMapper().readValue(json, LoadResult.class);
        } catch (JsonProcessingException e) {
            throw new BenchFailure("cannot parse the load generator's result: " + json, e);
        }
    }

    private void say(String format, Object argument) {
        progress.printf(Locale.ROOT, format, argument);
        progress.flush();
    }

    /** Adds the server's state to a failure of the load generator, whose cause is often a server that died or logged an error. */
    private <T> T explained(Supplier<T> step) {
        try {
            return step.get();
        } catch (BenchFailure failure) {
            String state = server.isAlive() ? "is running" : "has died";
            throw new BenchFailure(
                    failure.getMessage() + "\n" + server.failure(state).getMessage(), failure);
        }
    }
}
