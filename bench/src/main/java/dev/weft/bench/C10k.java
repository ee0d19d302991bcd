package dev.weft.bench;

import dev.weft.bench.load.Shape;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.report.Results;
import dev.weft.bench.report.Verdict;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.rival.Service;
import dev.weft.bench.suite.Plan;
import dev.weft.bench.suite.Scenario;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An echo scenario of the suite with configurable settings. */
@Command(
        name = "c10k",
        mixinStandardHelpOptions = true,
        description = "Serve 10,000 busy connections on greenlets, virtual threads and platform threads:"
                + " table, JSON and a page with charts.")
final class C10k implements Callable<Integer> {
    @Option(names = "--connections", defaultValue = "10000", description = "Number of connections (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--size", defaultValue = "64", description = "Bytes per message (${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--rounds", defaultValue = "6", description = "Windows per contender (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--warm-up",
            defaultValue = "8",
            description = "Warm-up in seconds, half of it on connections that are then closed (${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(names = "--window", defaultValue = "3", description = "Window length in seconds (${DEFAULT-VALUE}).")
    private double windowSeconds;

    @Option(
            names = "--on",
            split = ",",
            defaultValue = "greenlets,virtual,threads",
            description =
                    "Contenders; the first is compared with the others: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private List<Contender> contenders = new ArrayList<>();

    @Option(names = "--with-bare", description = "Add a bare Selector loop, the limit of java.nio.")
    private boolean withBare;

    @Option(names = "--server-flag", description = "A JVM flag for all Java servers, such as -XX:+UseG1GC; repeatable.")
    private List<String> serverFlags = new ArrayList<>();

    @Option(names = "--out", defaultValue = "target/c10k", description = "Output directory (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/c10k");

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || connections < 1) {
            throw new BenchFailure("--rounds and --connections must be at least 1");
        }
        if (withBare && !contenders.contains(Contender.BARE)) {
            contenders.add(Contender.BARE);
        }
        Scenario scenario = Scenario.closed(Service.ECHO, Shape.busy(connections, size), 1);
        String name = "c10k-" + connections;
        Files.deleteIfExists(out.resolve(name + ".runs")); // start afresh, do not resume
        Results results = new Session(scenario.title(), out, name, System.out)
                .carryOut(new Plan(
                        List.of(scenario),
                        List.copyOf(contenders),
                        rounds,
                        warmUpSeconds,
                        windowSeconds,
                        List.copyOf(serverFlags)));
        Verdict.of(results).ifPresent(sentence -> System.out.printf("%n%s%n", sentence));
        return 0;
    }
}
