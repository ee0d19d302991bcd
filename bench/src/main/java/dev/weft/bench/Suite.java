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

/** All scenarios with all contenders, or a selection. */
@Command(
        name = "suite",
        mixinStandardHelpOptions = true,
        description = {
            "Compare servers: table, JSON and a page with charts.",
            "Runs two scenarios with four contenders in under three minutes. With --full, runs all scenarios and"
                    + " contenders, which takes many hours; repeat the command to resume an interrupted suite."
        })
final class Suite implements Callable<Integer> {
    private static final List<Contender> WELL_KNOWN =
            List.of(Contender.GREENLETS, Contender.VIRTUAL, Contender.THREADS, Contender.NETTY);

    @Option(names = "--full", description = "All scenarios and contenders, 6 rounds.")
    private boolean full;

    @Option(names = "--list", description = "List the scenarios and contenders, and what is unavailable here.")
    private boolean list;

    @Option(
            names = "--scenarios",
            split = ",",
            description = "Only the scenarios with these ids or id prefixes, such as echo-64-1000,backend; see --list.")
    private List<String> scenarios = new ArrayList<>();

    @Option(
            names = "--on",
            split = ",",
            description = "Only these contenders; the first is compared with the others: ${COMPLETION-CANDIDATES}.")
    private List<Contender> contenders = new ArrayList<>();

    @Option(names = "--rounds", description = "Windows per contender and scenario (3; --full: 6).")
    private @Nullable Integer rounds;

    @Option(
            names = "--warm-up",
            description = "Warm-up in seconds, half of it on connections that are then closed (6; --full: 12).")
    private @Nullable Double warmUpSeconds;

    @Option(names = "--window", description = "Window length in seconds (2).")
    private @Nullable Double windowSeconds;

    @Option(names = "--server-flag", description = "A JVM flag for all Java servers, such as -XX:+UseG1GC; repeatable.")
    private List<String> serverFlags = new ArrayList<>();

    @Option(names = "--out", defaultValue = "target/suite", description = "Output directory (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/suite");

    @Override
    public Integer call() throws IOException {
        if (list) {
            printList();
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
                orDefault(rounds, full ? 6 : 3),
                orDefault(warmUpSeconds, full ? 12.0 : 6.0),
                orDefault(windowSeconds, 2.0),
                List.copyOf(serverFlags));
        if (plan.rounds() < 1) {
            throw new BenchFailure("--rounds must be at least 1: " + plan.rounds());
        }
        return plan;
    }

    private static <T> T orDefault(@Nullable T value, T defaultValue) {
        return value == null ? defaultValue : value;
    }

    private List<Scenario> chosenScenarios() {
        if (scenarios.isEmpty()) {
            return full ? Scenarios.all() : Scenarios.few();
        }
        List<Scenario> chosen = Scenarios.all().stream()
                .filter(scenario -> scenarios.stream().anyMatch(name -> matches(scenario, name)))
                .toList();
        for (String name : scenarios) {
            if (chosen.stream().noneMatch(scenario -> matches(scenario, name))) {
                throw new BenchFailure(
                        "no scenario id equals or begins with \"" + name + "\"; suite --list shows the scenarios");
            }
        }
        return chosen;
    }

    /** A complete id selects that scenario alone; a prefix selects all scenarios that begin with it. */
    private static boolean matches(Scenario scenario, String name) {
        boolean isCompleteId = Scenarios.all().stream().anyMatch(any -> any.id().equals(name));
        return isCompleteId ? scenario.id().equals(name) : scenario.id().startsWith(name);
    }

    private List<Contender> chosenContenders() {
        return contenders.isEmpty() ? (full ? Contender.comparedByDefault() : WELL_KNOWN) : List.copyOf(contenders);
    }

    private static void printList() {
        System.out.println("scenarios:");
        Scenarios.all().forEach(scenario -> System.out.printf("  %-32s %s%n", scenario.id(), scenario.title()));
        System.out.println("contenders:");
        for (Contender contender : Contender.values()) {
            System.out.printf("  %-16s %s%n", contender, contender.explanation());
            contender.program().missing().ifPresent(why -> System.out.println("      not available here: " + why));
        }
    }
}
