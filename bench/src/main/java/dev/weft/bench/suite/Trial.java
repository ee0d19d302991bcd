package dev.weft.bench.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.load.Load;
import dev.weft.bench.load.LoadResult;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Child;
import dev.weft.bench.machine.HeapUsage;
import dev.weft.bench.machine.Pinning;
import dev.weft.bench.rival.Service;
import dev.weft.bench.rival.Terms;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run: starts a load generator and a server, each in a process of its own, and ends both. */
public final class Trial {
    private static final Pattern LISTENING = Pattern.compile("listening on .*:(\\d+) .*");
    private static final Pattern UPSTREAM = Pattern.compile(Load.UPSTREAM + "(\\d+)");
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration CONNECT = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);
    /** With fewer connections the heap tells nothing of what a connection takes. */
    private static final int ENOUGH_FOR_HEAP = 1_000;

    private final Plan plan;
    private final Load.Engine engine;
    private final Pinning pinning;
    private final PrintStream progress;

    /** For the runs of {@code plan}. */
    public Trial(Plan plan, Load.Engine engine, Pinning pinning, PrintStream progress) {
        this.plan = plan;
        this.engine = engine;
        this.pinning = pinning;
        this.progress = progress;
    }

    /**
     * Makes one run.
     *
     * @param requestsPerSecond the rate at which requests come; 0 in a closed loop
     */
    public Run run(Plan.Step step, double requestsPerSecond) {
        Scenario scenario = step.scenario();
        List<String> arguments = loadArguments(step, requestsPerSecond);
        try (Child load = Child.java("load generator", prefix(scenario, Pinning.LOAD), arguments)) {
            List<String> command = new ArrayList<>(prefix(scenario, Pinning.SERVER));
            command.addAll(step.contender().program().command(terms(scenario, load), plan.serverFlags()));
            try (Child server = Child.of(step.contender().label() + " server", command)) {
                try {
                    return drive(step, load, server);
                } catch (BenchFailure failure) {
                    throw explained(failure, server);
                }
            }
        }
    }

    private List<String> prefix(Scenario scenario, int core) {
        return scenario.serverCores() > 1 ? List.of() : pinning.prefix(core);
    }

    private static Terms terms(Scenario scenario, Child load) {
        Service service = scenario.service();
        if (service.upstream() == Service.Upstream.NONE) {
            return new Terms(service, scenario.serverCores(), null);
        }
        int port = number(load, UPSTREAM, "say where its upstream listens");
        return new Terms(
                service, scenario.serverCores(), new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    private static int number(Child child, Pattern expected, String toDo) {
        String line = child.nextLine(START);
        Matcher match = expected.matcher(line);
        if (!match.matches()) {
            throw child.failure("was to " + toDo + " and said: " + line);
        }
        return Integer.parseInt(match.group(1));
    }

    private Run drive(Plan.Step step, Child load, Child server) {
        int port = number(server, LISTENING, "say where it listens");
        load.tell(port + " " + server.pid());
        LoadResult result = follow(step.scenario(), load);
        boolean looksAtHeap = server.isJava() && step.scenario().shape().connections() >= ENOUGH_FOR_HEAP;
        long heap = looksAtHeap ? HeapUsage.afterCollection(server.pid()) : 0;
        load.finish(GRACE); // resets the connections, so that neither side keeps ports
        if (looksAtHeap) {
            server.awaitDescriptorsClosed(GRACE);
        }
        long empty = looksAtHeap ? HeapUsage.afterCollection(server.pid()) : 0;
        return new Run(step.scenario().id(), step.contender(), step.round(), result, heap, empty);
    }

    private List<String> loadArguments(Plan.Step step, double requestsPerSecond) {
        Service service = step.scenario().service();
        Shape shape = step.scenario().shape();
        List<String> arguments = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xms64m",
                "dev.weft.bench.Bench",
                "load",
                "--protocol=" + (service.isHttp() ? "http" : "echo"),
                "--connections=" + shape.connections(),
                "--busy=" + shape.busy(),
                "--depth=" + shape.depth(),
                "--size=" + shape.messageBytes(),
                "--rate=" + requestsPerSecond,
                "--warm-up=" + plan.warmUpSeconds(),
                "--window=" + plan.windowSeconds(),
                "--engine=" + engine));
        if (service.upstream() != Service.Upstream.NONE) {
            arguments.add("--upstream=" + service.upstream());
        }
        if (service.isHttp()) {
            arguments.add("--expect=" + service.body());
        }
        if (plan.countsSystemCalls() && step.round() == 1) {
            arguments.add("--count-system-calls");
        }
        return arguments;
    }

    private LoadResult follow(Scenario scenario, Child load) {
        while (true) {
            String line = load.nextLine(patience());
            if (line.startsWith(Load.RESULT)) {
                return parse(line.substring(Load.RESULT.length()));
            }
            if (line.equals("connected " + scenario.shape().connections())) {
                say(", %,d connected", scenario.shape().connections());
            } else if (line.equals("warm-up")) {
                say("warming up %.1f s", plan.warmUpSeconds());
            } else if (line.equals("measuring")) {
                say(", measuring %.1f s", plan.windowSeconds());
            }
        }
    }

    private Duration patience() {
        return CONNECT.plusMillis((long) (1000 * (plan.warmUpSeconds() + plan.windowSeconds())));
    }

    private static LoadResult parse(String json) {
        try {
            return new ObjectMapper().readValue(json, LoadResult.class);
        } catch (JsonProcessingException e) {
            throw new BenchFailure("the load generator's result cannot be read: " + json, e);
        }
    }

    private void say(String format, Object argument) {
        progress.printf(Locale.ROOT, format, argument);
        progress.flush();
    }

    /** A load generator that fails is often a server that has died, or that says why it does not answer. */
    private static BenchFailure explained(BenchFailure failure, Child server) {
        String state = server.isAlive() ? "is running" : "has died";
        return new BenchFailure(
                failure.getMessage() + "\n" + server.failure(state).getMessage(), failure);
    }
}
