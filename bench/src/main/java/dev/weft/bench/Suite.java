package dev.weft.bench;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Plan;
import dev.weft.bench.suite.Scenario;
import dev.weft.bench.suite.Scenarios;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Every scenario with every contender, or a part of them. */
@Command(
        name = "suite",
        mixinStandardHelpOptions = true,
        description = {
            "Compares servers: table, JSON and a page with charts.",
            "Two scenarios and four contenders in under three minutes; with --full all of both, in many hours: what is"
                    + " broken off goes on where it stopped when the same command is given again."
        })
final class Suite implements Callable<Integer> {
    private static final List<Contender> WELL_KNOWN =
            List.of(Contender.GREENLETS, Contender.VIRTUAL, Contender.THREADS, Contender.NETTY);

    @Option(names = "--full", description = "All scenarios and contenders, 6 rounds.")
    private boolean full;

    @Option(names = "--list", description = "Say which scenarios and contenders there are, and what is missing here.")
    private boolean list;

    @Option(
            names = "--scenarios",
            split = ",",
            description = "Only those with these ids, or whose id begins so: echo-64-1000,backend; --list shows them.")
    private List<String> scenarios = new ArrayList<>();

    @Option(
            names = "--on",
            split = ",",
            description = "Only these contenders, the first compared with the others: ${COMPLETION-CANDIDATES}.")
    private List<Contender> contenders = new ArrayList<>();

    @Option(names = "--rounds", description = "Windows of each contender in each scenario (3; --full: 6).")
    private @Nullable Integer rounds;

    @Option(
            names = "--warm-up",
            description = "Seconds before the first window, half of them over connections that are"
                    + " closed again (6; --full: 12).")
    private @Nullable Double warmUpSeconds;

    @Option(names = "--window", description = "Seconds of a window (2).")
    private @Nullable Double windowSeconds;

    @Option(names = "--server-flag", description = "A flag for every server's JVM, such as -XX:+UseG1GC; repeatable.")
    private List<String> serverFlags = new ArrayList<>();

    @Option(names = "--out", defaultValue = "target/suite", description = "Where the files go (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/suite");

    @Override
    public Integer call() throws IOException {
        if (list) {
            tell();
        } else {
            new Session(full ? "The full comparison" : "A comparison", out, full ? "full" : "quick", System.out)
                    .carryOut(plan());
        }
        return 0;
    }

    private Plan plan() {
        Plan plan = new Plan(
                chosenScenarios(),
                chosenContenders(),
                or(rounds, full ? 6 : 3),
                or(warmUpSeconds, full ? 12.0 : 6.0),
                or(windowSeconds, 2.0),
                List.copyOf(serverFlags));
        if (plan.rounds() < 1) {
            throw new BenchFailure("--rounds must be at least 1: " + plan.rounds());
        }
        return plan;
    }

    private static <T> T or(@Nullable T said, T otherwise) {
        return said == null ? otherwise : said;
    }

    private List<Scenario> chosenScenarios() {
        if (scenarios.isEmpty()) {
            return full ? Scenarios.all() : Scenarios.few();
        }
        List<Scenario> chosen = Scenarios.all().stream()
                .filter(scenario -> scenarios.stream().anyMatch(name -> isMeant(scenario, name)))
                .toList();
        for (String name : scenarios) {
            if (chosen.stream().noneMatch(scenario -> isMeant(scenario, name))) {
                throw new BenchFailure("no scenario's id is, or begins with, \"" + name
                        + "\"; suite --list shows those that there are");
            }
        }
        return chosen;
    }

    /** A whole id means that scenario alone; the beginning of some means all of them. */
    private static boolean isMeant(Scenario scenario, String name) {
        boolean isWhole = Scenarios.all().stream().anyMatch(any -> any.id().equals(name));
        return isWhole ? scenario.id().equals(name) : scenario.id().startsWith(name);
    }

    private List<Contender> chosenContenders() {
        return contenders.isEmpty() ? (full ? Contender.comparedByDefault() : WELL_KNOWN) : List.copyOf(contenders);
    }

    private static void tell() {
        System.out.println("scenarios:");
        Scenarios.all().forEach(scenario -> System.out.printf("  %-32s %s%n", scenario.id(), scenario.title()));
        System.out.println("contenders:");
        for (Contender contender : Contender.values()) {
            System.out.printf("  %-16s %s%n", contender, contender.explanation());
            contender.program().missing().ifPresent(why -> System.out.println("      left out here: " + why));
        }
    }
}
