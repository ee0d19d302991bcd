package dev.weft.bench;

import dev.weft.bench.load.Shape;
import dev.weft.bench.machine.BenchFailure;
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

/** One scenario of the suite with other settings: an echo server and its connections. */
@Command(
        name = "c10k",
        mixinStandardHelpOptions = true,
        description = "10,000 busy connections on greenlets, virtual threads and platform threads: table, JSON, page.")
final class C10k implements Callable<Integer> {
    @Option(names = "--connections", defaultValue = "10000", description = "How many (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--size", defaultValue = "64", description = "Bytes in a message (${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--rounds", defaultValue = "6", description = "Windows of each contender (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--warm-up",
            defaultValue = "8",
            description =
                    "Seconds before the first window, half of them over connections that are closed again (${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(names = "--window", defaultValue = "3", description = "Seconds that are measured (${DEFAULT-VALUE}).")
    private double windowSeconds;

    @Option(
            names = "--on",
            split = ",",
            defaultValue = "greenlets,virtual,threads",
            description =
                    "The contenders, the first compared with the others: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private List<Contender> contenders = new ArrayList<>();

    @Option(names = "--with-bare", description = "Also a bare Selector loop, the limit of java.nio.")
    private boolean withBare;

    @Option(names = "--server-flag", description = "A flag for every server's JVM, such as -XX:+UseG1GC; repeatable.")
    private List<String> serverFlags = new ArrayList<>();

    @Option(names = "--out", defaultValue = "target/c10k", description = "Where the files go (${DEFAULT-VALUE}).")
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
        Files.deleteIfExists(out.resolve(name + ".runs")); // a new comparison, not the rest of an old one
        new Session(scenario.title(), out, name, System.out)
                .carryOut(new Plan(
                        List.of(scenario),
                        List.copyOf(contenders),
                        rounds,
                        warmUpSeconds,
                        windowSeconds,
                        List.copyOf(serverFlags)));
        return 0;
    }
}
