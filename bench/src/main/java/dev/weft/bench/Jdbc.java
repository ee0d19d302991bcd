package dev.weft.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Child;
import dev.weft.bench.machine.Machine;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.rival.Flags;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Compares what runs plain JDBC: rounds of one client process each, in an order that rotates. */
@Command(
        name = "jdbc",
        mixinStandardHelpOptions = true,
        description = "1,000 tasks ask a database over a pool of 50 connections, on greenlets and on virtual threads.")
final class Jdbc implements Callable<Integer> {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);

    @Option(names = "--url", required = true, description = "Such as jdbc:postgresql://127.0.0.1/postgres?user=me.")
    private String url = "";

    @Option(names = "--query", defaultValue = "select 1", description = "What they ask (${DEFAULT-VALUE}).")
    private String query = "";

    @Option(names = "--tasks", defaultValue = "1000", description = "How many (${DEFAULT-VALUE}).")
    private int tasks;

    @Option(names = "--connections", defaultValue = "50", description = "Size of the pool (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--rounds", defaultValue = "5", description = "Runs of each contender (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--warm-up", defaultValue = "8", description = "Seconds before each window (${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(names = "--window", defaultValue = "5", description = "Seconds that are measured (${DEFAULT-VALUE}).")
    private double windowSeconds;

    @Option(
            names = "--on",
            split = ",",
            defaultValue = "sockets,sockets_jdk,sockets_virtual",
            description = "The contenders, the first compared with the others: sockets, sockets_jdk, sockets_virtual,"
                    + " sockets_threads (${DEFAULT-VALUE}).")
    private List<Contender> contenders = new ArrayList<>();

    @Option(
            names = "--one-core",
            description = "One loop for the greenlets and one carrier for the virtual threads, not one for each core.")
    private boolean oneCore;

    @Option(names = "--client-flag", description = "A flag for every client's JVM, such as -XX:+UseG1GC; repeatable.")
    private List<String> clientFlags = new ArrayList<>();

    @Option(names = "--out", defaultValue = "target/jdbc", description = "Where the file goes (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/jdbc");

    private final PrintStream progress = System.out;

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || tasks < 1 || connections < 1) {
            throw new BenchFailure("--rounds, --tasks and --connections must be at least 1");
        }
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Map<Contender, List<String>> commands = new LinkedHashMap<>();
        contenders.forEach(contender -> commands.put(contender, arguments(contender)));
        commands.forEach((contender, arguments) ->
                progress.println(contender.label() + ":\n    java " + String.join(" ", arguments)));
        JdbcReport report = new JdbcReport(started, Machine.current(), commands, measure(commands));
        progress.print(report.text());
        Path json = out.resolve("jdbc.json");
        report.writeJson(json);
        progress.println("\nfigures: " + json);
        return 0;
    }

    private List<String> arguments(Contender contender) {
        List<String> arguments = new ArrayList<>(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
        if (oneCore && contender == Contender.SOCKETS_VIRTUAL) {
            arguments.addAll(Flags.ONE_CARRIER);
        }
        arguments.addAll(clientFlags);
        arguments.addAll(List.of(
                Bench.class.getName(),
                "jdbc-client",
                "--on=" + contender,
                "--loops=" + (oneCore ? 1 : Runtime.getRuntime().availableProcessors()),
                "--url=" + url,
                "--query=" + query,
                "--tasks=" + tasks,
                "--connections=" + connections,
                "--warm-up=" + warmUpSeconds,
                "--window=" + windowSeconds));
        return arguments;
    }

    private List<JdbcReport.Run> measure(Map<Contender, List<String>> commands) {
        List<JdbcReport.Run> runs = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            List<Contender> order = new ArrayList<>(commands.keySet());
            Collections.rotate(order, 1 - round);
            for (Contender contender : order) {
                progress.printf("round %d, %s: ", round, contender.label());
                progress.flush();
                JdbcFigures figures = run(commands.getOrDefault(contender, List.of()));
                runs.add(new JdbcReport.Run(contender, round, figures));
                progress.printf(Locale.ROOT, "%,.0f answers/s%n", figures.answersPerSecond());
            }
        }
        return runs;
    }

    private JdbcFigures run(List<String> arguments) {
        try (Child client = Child.java("client", List.of(), arguments)) {
            Duration measuring = Duration.ofMillis((long) (1000 * (warmUpSeconds + windowSeconds)));
            String line = client.nextLine(START.plus(measuring));
            client.finish(GRACE);
            return new ObjectMapper().readValue(line, JdbcFigures.class);
        } catch (JsonProcessingException e) {
            throw new BenchFailure("the client's result cannot be read", e);
        }
    }
}
