package dev.weft.bench.cost;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.ResultFile;
import dev.weft.bench.report.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
 * Runs the benchmarks of this package with JMH so that they are comparable: for each cost, rounds of one fork per contender,
 * in an order that rotates. A temporary disturbance of the machine then affects all contenders, and ratios are computed per
 * round.
 */
@Command(
        name = "costs",
        mixinStandardHelpOptions = true,
        description = "Measure single operations of greenlets and their rivals with JMH, in rounds: text and JSON.")
public final class Costs implements Callable<Integer> {
    @Option(
            names = "--effort",
            defaultValue = "QUICK",
            description = "Measuring time: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Effort effort = Effort.QUICK;

    @Option(
            names = "--only",
            defaultValue = ".*",
            description = "Regular expression for class and method (${DEFAULT-VALUE}).")
    private String only = "";

    @Option(names = "--on", split = ",", description = "Contenders to compare with Weft, which always runs (all).")
    private List<String> on = new ArrayList<>();

    @Option(names = "--rounds", description = "Number of rounds; overrides --effort.")
    private @Nullable Integer rounds;

    @Option(names = "--millis", description = "Milliseconds per iteration; overrides --effort.")
    private @Nullable Integer millis;

    @Option(names = "--out", defaultValue = "target/costs.json", description = "Output file (${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    /** How much time is spent on a figure. */
    public enum Effort {
        /** Three rounds of a second each, for a first impression. */
        QUICK(3, 2, 3, 200),
        /** Five rounds of ten seconds each, for published figures. */
        FULL(5, 5, 5, 1000);

        private final int rounds;
        private final int warmUps;
        private final int measurements;
        private final int iterationMillis;

        Effort(int rounds, int warmUps, int measurements, int iterationMillis) {
            this.rounds = rounds;
            this.warmUps = warmUps;
            this.measurements = measurements;
            this.iterationMillis = iterationMillis;
        }
    }

    /**
     * The cost of one contender.
     *
     * @param scores the scores of the rounds
     * @param ratios for Weft only: by rival, Weft's score divided by the rival's, per round; below 1 Weft is cheaper
     */
    public record Figure(
            String benchmark,
            Map<String, String> parameters,
            String contender,
            String unit,
            List<Double> scores,
            Map<String, Spread> ratios) {
        /** Returns whether this is Weft's figure, which has the ratios. */
        public boolean isWefts() {
            return !ratios.isEmpty();
        }

        String text() {
            String figure =
                    contender + " " + Spread.of(scores, Double::doubleValue).text("%.4g") + " " + unit;
            String compared = ratios.entrySet().stream()
                    .map(ratio -> ratio.getKey() + " " + ratio.getValue().text("%.2f"))
                    .collect(Collectors.joining(", "));
            return (compared.isEmpty() ? figure : figure + "; ratio to " + compared).strip();
        }
    }

    /** Measures the costs whose class and method match {@code only}, against all their rivals. */
    public static List<Figure> measure(String only, Effort effort, Path out) throws IOException {
        Costs costs = new Costs();
        costs.only = only;
        costs.effort = effort;
        costs.out = out;
        return costs.measure();
    }

    @Override
    public Integer call() throws IOException {
        measure();
        return 0;
    }

    private List<Figure> measure() throws IOException {
        List<Cost> costs = Cost.matching(only).stream().map(this::confined).toList();
        if (costs.isEmpty()) {
            throw new BenchFailure("no benchmark matches the regular expression \"" + only + "\" of --only");
        }
        List<Figure> figures = new ArrayList<>();
        for (Cost cost : costs) {
            List<Figure> some = measure(cost);
            System.out.println(cost.label());
            some.forEach(figure -> System.out.println("  " + figure.text()));
            figures.addAll(some);
            ResultFile.write(out, "costs", List.of("--effort=" + effort), figures);
        }
        return figures;
    }

    private Cost confined(Cost cost) {
        String subject = cost.contenders().getFirst();
        List<String> contenders = cost.contenders().stream()
                .filter(one -> on.isEmpty() || one.equals(subject) || on.contains(one))
                .toList();
        return new Cost(cost.benchmark(), cost.parameters(), cost.contenderParameter(), contenders);
    }

    private List<Figure> measure(Cost cost) {
        Map<String, List<Double>> scores = new LinkedHashMap<>();
        cost.contenders().forEach(contender -> scores.put(contender, new ArrayList<>()));
        List<String> order = new ArrayList<>(cost.contenders());
        int rounds = this.rounds == null ? effort.rounds : this.rounds;
        String unit = "";
        for (int round = 1; round <= rounds; round++) {
            for (String contender : order) {
                RunResult run = run(cost, contender);
                Result<?> result = run.getPrimaryResult();
                boolean isSampled = run.getParams().getMode() == Mode.SampleTime;
                unit = result.getScoreUnit();
                double score = isSampled ? result.getStatistics().getPercentile(50) : result.getScore();
                scores.getOrDefault(contender, List.of()).add(score);
                System.err.printf(
                        Locale.ROOT,
                        "round %d of %d: %s %s %.4g %s%n",
                        round,
                        rounds,
                        cost.label(),
                        contender,
                        score,
                        unit);
            }
            Collections.rotate(order, 1);
        }
        return figures(cost, unit, scores);
    }

    private RunResult run(Cost cost, String contender) {
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
        if (!cost.contenderParameter().isEmpty()) {
            options.param(cost.contenderParameter(), contender);
        }
        try {
            return new Runner(options.build()).runSingle();
        } catch (RunnerException e) {
            throw new BenchFailure(cost.label() + " on " + contender + " failed: " + e.getMessage(), e);
        }
    }

    static List<Figure> figures(Cost cost, String unit, Map<String, List<Double>> scores) {
        String subject = cost.contenders().getFirst();
        List<Double> own = scores.getOrDefault(subject, List.of());
        Map<String, Spread> ratios = new LinkedHashMap<>();
        scores.forEach((rival, theirs) -> {
            if (!rival.equals(subject)) {
                double[] rounds = new double[own.size()];
                for (int i = 0; i < rounds.length; i++) {
                    rounds[i] = own.get(i) / theirs.get(i);
                }
                ratios.put(rival, Spread.of(rounds));
            }
        });
        List<Figure> figures = new ArrayList<>();
        scores.forEach((contender, rounds) -> figures.add(new Figure(
                cost.benchmark(),
                cost.parameters(),
                contender,
                unit,
                rounds,
                contender.equals(subject) ? ratios : Map.of())));
        return figures;
    }
}
