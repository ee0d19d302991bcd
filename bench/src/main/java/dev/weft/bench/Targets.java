package dev.weft.bench;

import dev.weft.bench.cost.Costs;
import dev.weft.bench.idle.Idle;
import dev.weft.bench.look.Look;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.ResultFile;
import dev.weft.bench.report.Spread;
import dev.weft.bench.scale.Scale;
import dev.weft.bench.suite.Plan;
import dev.weft.bench.targets.CostBound;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Race;
import dev.weft.bench.targets.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures everything that has a target, always in rounds in which the contenders take turns, and compares. */
@Command(
        name = "targets",
        mixinStandardHelpOptions = true,
        description = {
            "Measure all figures that have a target, and say which are met: text and JSON.",
            "Takes about an hour and needs an idle machine. Repeat the command to resume an interrupted measurement."
        })
final class Targets implements Callable<Integer> {
    private static final String IDLE = "idle";
    private static final String LOOK = "look";
    private static final String HTTP_MEMORY = "memory-of-http";
    private static final int HTTP_CONNECTIONS = 5_000;
    private static final int HTTP_MEMORY_ROUNDS = 3;
    private static final double MOST_KIB_OF_HTTP = 10;
    private static final double MOST_OF_EVENTFD = 1.3;
    private static final double MOST_IDLE_PERCENT = 0.5;
    private static final double MOST_SECONDS_OF_LOOK = 2;
    private static final double MOST_MILLIS_OF_DELAY = 10;

    @Option(
            names = "--only",
            split = ",",
            description =
                    "Only the measurements whose name begins so, such as echo-64-1000,tls,CoreToCore,idle,look,memory-of-http (all).")
    private List<String> only = new ArrayList<>();

    @Option(names = "--rounds", defaultValue = "12", description = "Windows per server (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--warm-up",
            defaultValue = "12",
            description = "Warm-up of a server in seconds (${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(names = "--window", defaultValue = "2", description = "Window length in seconds (${DEFAULT-VALUE}).")
    private double windowSeconds;

    @Option(
            names = "--effort",
            defaultValue = "FULL",
            description = "Measuring time of costs: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Costs.Effort effort = Costs.Effort.FULL;

    @Option(names = "--out", defaultValue = "target/targets", description = "Output directory (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/targets");

    @Override
    public Integer call() throws Exception {
        if (rounds < 1) {
            throw new BenchFailure("--rounds must be at least 1: " + rounds);
        }
        List<Target> targets = new ArrayList<>();
        for (Race race : Race.all()) {
            if (isChosen(race.name())) {
                targets.addAll(measure(race));
            }
        }
        for (CostBound bound : CostBound.all()) {
            if (isChosen(bound.benchmark())) {
                targets.addAll(measure(bound));
            }
        }
        if (isChosen(IDLE)) {
            targets.addAll(measureIdle());
        }
        if (isChosen(LOOK)) {
            targets.addAll(measureLook());
        }
        if (isChosen(HTTP_MEMORY)) {
            targets.add(measureHttpMemory());
        }
        if (targets.isEmpty()) {
            throw new BenchFailure("no measurement has a name that begins with one of " + only);
        }
        System.out.println();
        targets.forEach(target -> System.out.println(target.text()));
        ResultFile.write(out.resolve("targets.json"), "targets", List.of(), targets);
        return 0;
    }

    private boolean isChosen(String name) {
        return only.isEmpty() || only.stream().anyMatch(name::startsWith);
    }

    private List<Target> measure(Race race) throws IOException {
        Plan plan =
                new Plan(List.of(race.scenario()), race.contenders(), rounds, warmUpSeconds, windowSeconds, List.of());
        return race.targets(new Session(race.scenario().title(), out, race.name(), System.out).carryOut(plan));
    }

    private List<Target> measure(CostBound bound) throws IOException {
        return Costs.measure(
                        Pattern.quote("." + bound.benchmark()) + "$", effort, out.resolve(bound.benchmark() + ".json"))
                .stream()
                .filter(Costs.Figure::isWefts)
                .flatMap(bound::targets)
                .toList();
    }

    private static Target measureHttpMemory() throws IOException {
        double[] kibibytes = new double[HTTP_MEMORY_ROUNDS];
        for (int round = 0; round < kibibytes.length; round++) {
            kibibytes[round] = Scale.residentBytesOfHttpConnection(HTTP_CONNECTIONS) / 1024.0;
        }
        return new Target(
                "memory of an idle keep-alive connection, resident KiB",
                Limit.atMost(MOST_KIB_OF_HTTP),
                Spread.of(kibibytes));
    }

    private static List<Target> measureIdle() throws Exception {
        Idle.Figures figures = Idle.measure(Idle.ROUNDS, Idle.ASKS);
        return List.of(
                new Target(
                        "ask and answer between two loops that have slept / two eventfd wake-ups",
                        Limit.atMost(MOST_OF_EVENTFD),
                        figures.afterSleep().ratio()),
                new Target(
                        "the same, one question after the other",
                        Limit.atMost(MOST_OF_EVENTFD),
                        figures.inRow().ratio()),
                new Target(
                        "CPU of two loops from 10 ms after a burst on, % of a core",
                        Limit.atMost(MOST_IDLE_PERCENT), figures.idleCpuPercent()));
    }

    private static List<Target> measureLook() throws Exception {
        Look.Figures figures = Look.measure(Look.ROUNDS, Look.GREENLETS);
        return List.of(
                new Target("weft ps of 100,000 greenlets, s", Limit.atMost(MOST_SECONDS_OF_LOOK), figures.seconds()),
                new Target(
                        "longest delay of a greenlet meanwhile, ms",
                        Limit.atMost(MOST_MILLIS_OF_DELAY),
                        figures.delayMillis()));
    }
}
