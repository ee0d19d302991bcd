package dev.weft.bench;

import dev.weft.bench.load.Load;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares the contenders: rounds of one run each, in an order that rotates. */
@Command(
        name = "c10k",
        mixinStandardHelpOptions = true,
        description = "10,000 busy connections on greenlets, virtual threads and platform threads: table, JSON, HTML.")
final class C10k implements Callable<Integer> {
    @Option(names = "--connections", defaultValue = "10000", description = "How many (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--size", defaultValue = "64", description = "Bytes in a message (${DEFAULT-VALUE}).")
    private int size;

    @Option(names = "--rounds", defaultValue = "3", description = "Runs of each contender (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--warm-up",
            defaultValue = "6",
            description =
                    "Seconds before each window, half of them over connections that are closed again (${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(names = "--window", defaultValue = "6", description = "Seconds that are measured (${DEFAULT-VALUE}).")
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

    @Option(names = "--engine", defaultValue = "AUTO", description = "Load generator: ${COMPLETION-CANDIDATES}.")
    private Load.Engine engine = Load.Engine.AUTO;

    @Option(names = "--server-flag", description = "A flag for every server's JVM, such as -XX:+UseG1GC; repeatable.")
    private List<String> serverFlags = new ArrayList<>();

    @Option(names = "--out", defaultValue = "target/c10k", description = "Where the files go (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/c10k");

    private final PrintStream progress = System.out;

    @Override
    public Integer call() throws IOException {
        Settings settings = settings();
        Pinning pinning = Pinning.detect();
        introduce(settings, pinning);
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        List<Measurement> measurements = measure(settings, new Trial(settings, pinning, progress));
        Report report = new Report(
                started,
                weftVersion(),
                commandLine(),
                settings,
                Machine.current(),
                pinning.description(),
                serverCommands(settings),
                measurements);
        progress.print(TerminalTable.of(report));
        write(report);
        return 0;
    }

    private Settings settings() throws IOException {
        if (rounds < 1 || connections < 1) {
            throw new BenchFailure("--rounds and --connections must be at least 1");
        }
        DescriptorLimit limit = DescriptorLimit.current();
        int possible = limit.connections(connections);
        if (possible < connections) {
            progress.println(limit.advice(connections));
        }
        if (withBare && !contenders.contains(Contender.BARE)) {
            contenders.add(Contender.BARE);
        }
        return new Settings(
                List.copyOf(contenders), possible, size, rounds, warmUpSeconds, windowSeconds, engine, serverFlags);
    }

    private void introduce(Settings settings, Pinning pinning) {
        progress.println(pinning.description());
        for (Contender contender : settings.contenders()) {
            progress.println(contender.label() + ": " + contender.explanation());
            progress.println("    java " + String.join(" ", Trial.serverArguments(settings, contender)));
        }
    }

    private List<Measurement> measure(Settings settings, Trial trial) {
        List<Measurement> measurements = new ArrayList<>();
        int total = rounds * settings.contenders().size();
        for (int round = 1; round <= rounds; round++) {
            List<Contender> order = new ArrayList<>(settings.contenders());
            Collections.rotate(order, 1 - round);
            for (Contender contender : order) {
                progress.printf("[%d/%d] round %d, %s: ", measurements.size() + 1, total, round, contender.label());
                progress.flush();
                Measurement measured = trial.run(contender, round);
                measurements.add(measured);
                progress.println(outcome(measured));
            }
        }
        return measurements;
    }

    private static String outcome(Measurement run) {
        String figures = String.format(
                Locale.ROOT,
                ": %,.0f requests/s, p99 %.1f ms",
                run.load().requestsPerSecond(),
                run.load().p99Millis());
        String doubt = (run.load().isLimitedByLoad() ? " (the load generator was the bottleneck)" : "")
                + (run.load().isDisturbed() ? " (disturbed by other processes)" : "");
        return figures + doubt;
    }

    private static Map<Contender, List<String>> serverCommands(Settings settings) {
        Map<Contender, List<String>> commands = new EnumMap<>(Contender.class);
        settings.contenders().forEach(contender -> commands.put(contender, Trial.serverArguments(settings, contender)));
        return commands;
    }

    private static List<String> commandLine() {
        ProcessHandle.Info info = ProcessHandle.current().info();
        List<String> command = new ArrayList<>();
        info.command().ifPresent(command::add);
        command.addAll(List.of(info.arguments().orElse(new String[0])));
        return command;
    }

    private static String weftVersion() throws IOException {
        try (InputStream in = C10k.class.getResourceAsStream("/META-INF/maven/dev.weft/weft-bench/pom.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "not packaged");
        }
    }

    private void write(Report report) throws IOException {
        String name = "c10k-" + report.settings().connections();
        Path json = out.resolve(name + ".json");
        Path html = out.resolve(name + ".html");
        report.writeJson(json);
        Files.writeString(html, HtmlReport.of(report), StandardCharsets.UTF_8);
        progress.println();
        progress.println("figures: " + json);
        progress.println("page:    " + html.toAbsolutePath().toUri());
    }
}
