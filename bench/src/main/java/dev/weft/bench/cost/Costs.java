package dev.weft.bench.cost;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Machine;
import java.io.IOException;
import java.nio.file.Files;
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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the benchmarks of this package with JMH so that they can be compared: for each cost, rounds of one fork of each
 * contender, in an order that rotates. What disturbs the machine for a while then hits all of them, and ratios are taken
 * round by round.
 */
@Command(
        name = "costs",
        mixinStandardHelpOptions = true,
        description = "Single costs of greenlets beside their rivals, by JMH in rounds: a line a cost, and JSON.")
public final class Costs implements Callable<Integer> {
    @Option(names = "--effort", defaultValue = "QUICK", description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Effort effort = Effort.QUICK;

    @Option(names = "--only", defaultValue = ".*", description = "A pattern of class and method (${DEFAULT-VALUE}).")
    private String only = "";

    @Option(
            names = "--on",
            split = ",",
            description = "Contenders; the first, which is Weft, is always with them (all).")
    private List<String> on = new ArrayList<>();

    @Option(names = "--rounds", description = "Instead of the effort's.")
    private @Nullable Integer rounds;

    @Option(names = "--millis", description = "Of an iteration, instead of the effort's.")
    private @Nullable Integer millis;

    @Option(names = "--out", defaultValue = "target/costs.json", description = "For all results (${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    private int runsDone;
    private int runsInAll;
    private long startNanos;

    /** The file of the results. */
    private record Report(String started, Machine machine, Effort effort, int rounds, List<CostFigure> costs) {}

    private record Measured(double score, String unit) {}

    @Override
    public Integer call() throws IOException {
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        List<Cost> costs = Cost.matching(only).stream().map(this::confined).toList();
        if (costs.isEmpty()) {
            throw new BenchFailure(
                    "no benchmark matches \"" + only + "\"; the option --only takes a regular expression");
        }
        runsInAll = roundsOfEach()
                * costs.stream().mapToInt(cost -> cost.contenders().size()).sum();
        startNanos = System.nanoTime();
        List<CostFigure> figures = new ArrayList<>();
        for (Cost cost : costs) {
            List<CostFigure> some = measure(cost);
            System.out.println(cost.label());
            some.forEach(figure -> System.out.println("  " + figure.text()));
            figures.addAll(some);
            write(new Report(started, Machine.current(), effort, roundsOfEach(), figures));
        }
        return 0;
    }

    private Cost confined(Cost cost) {
        String subject = cost.contenders().getFirst();
        List<String> contenders = cost.contenders().stream()
                .filter(one -> on.isEmpty() || one.equals(subject) || on.contains(one))
                .toList();
        return new Cost(cost.benchmark(), cost.parameters(), cost.whose(), contenders);
    }

    private int roundsOfEach() {
        return rounds == null ? effort.rounds : rounds;
    }

    private List<CostFigure> measure(Cost cost) {
        Map<String, List<Double>> scores = new LinkedHashMap<>();
        cost.contenders().forEach(contender -> scores.put(contender, new ArrayList<>()));
        List<String> order = new ArrayList<>(cost.contenders());
        String unit = "";
        for (int round = 0; round < roundsOfEach(); round++) {
            for (String contender : order) {
                Measured measured = run(cost, contender);
                unit = measured.unit();
                scores.getOrDefault(contender, List.of()).add(measured.score());
                progress(cost, contender, measured);
            }
            Collections.rotate(order, 1);
        }
        return CostFigure.of(cost, unit, scores);
    }

    private Measured run(Cost cost, String contender) {
        TimeValue time = TimeValue.milliseconds(millis == null ? effort.iterationMillis : millis);
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(cost.benchmark()) + "$")
                .forks(1)
                .warmupIterations(effort.warmUps)
                .warmupTime(time)
                .measurementIterations(effort.measurements)
                .measurementTime(time)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        cost.parameters().forEach(options::param);
        if (!cost.whose().isEmpty()) {
            options.param(cost.whose(), contender);
        }
        try {
            RunResult result = new Runner(options.build()).runSingle();
            Result<?> primary = result.getPrimaryResult();
            boolean sampled = result.getParams().getMode() == Mode.SampleTime;
            double score = sampled ? primary.getStatistics().getPercentile(50) : primary.getScore();
            return new Measured(score, primary.getScoreUnit());
        } catch (RunnerException e) {
            throw new BenchFailure(cost.label() + " on " + contender + " failed: " + e.getMessage(), e);
        }
    }

    private void progress(Cost cost, String contender, Measured measured) {
        runsDone++;
        long left = (System.nanoTime() - startNanos) / runsDone * (runsInAll - runsDone);
        System.err.printf(
                Locale.ROOT,
                "%d of %d, %d s left: %s %s %.4g %s%n",
                runsDone,
                runsInAll,
                Duration.ofNanos(left).toSeconds(),
                cost.label(),
                contender,
                measured.score(),
                measured.unit());
    }

    private void write(Report report) throws IOException {
        Path parent = out.toAbsolutePath().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(out.toFile(), report);
    }
}
