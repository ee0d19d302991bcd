package dev.weft.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Run;
import dev.weft.bench.suite.Scenario;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The measurements of one scenario, for each contender in the order of the plan. */
public record ScenarioResults(
        String id, String title, int serverCores, boolean openLoop, Map<Contender, Measured> contenders) {
    /**
     * The measurements of one contender.
     *
     * @param limited the number of runs in which the load generator, not the contender, was at its limit
     * @param disturbed the number of runs in which other programs took more than 5 % of a core
     * @param ratios the subject's figures divided by this contender's, per round; empty for the subject itself
     */
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public record Measured(
            int runs, int limited, int disturbed, Map<Metric, Spread> figures, Map<Metric, Ratio> ratios) {
        public Measured {
            ratios = ratios == null ? Map.of() : ratios; // absent in the file if empty
        }
    }

    static ScenarioResults of(Scenario scenario, List<Run> all, Contender subject) {
        Map<Contender, List<Run>> runs = all.stream()
                .filter(run -> run.scenario().equals(scenario.id()))
                .collect(Collectors.groupingBy(Run::contender, LinkedHashMap::new, Collectors.toList()));
        List<Run> own = runs.getOrDefault(subject, List.of());
        Map<Contender, Measured> contenders = new LinkedHashMap<>();
        runs.forEach((contender, theirs) ->
                contenders.put(contender, measured(contender == subject ? List.of() : own, theirs)));
        return new ScenarioResults(
                scenario.id(), scenario.title(), scenario.serverCores(), scenario.isOpenLoop(), contenders);
    }

    private static Measured measured(List<Run> subject, List<Run> runs) {
        Map<Metric, Spread> figures = new EnumMap<>(Metric.class);
        Map<Metric, Ratio> ratios = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            Spread.ofKnown(runs.stream().mapToDouble(metric::of))
                    .ifPresent(spread -> figures.put(metric, spread.rounded()));
        }
        for (Metric metric : Metric.COMPARED) {
            Ratio.of(metric, ratios(metric, subject, runs)).ifPresent(ratio -> ratios.put(metric, ratio));
        }
        return new Measured(
                runs.size(),
                (int) runs.stream().filter(run -> run.load().isLimitedByLoad()).count(),
                (int) runs.stream().filter(run -> run.load().isDisturbed()).count(),
                figures,
                ratios);
    }

    private static double[] ratios(Metric metric, List<Run> subject, List<Run> rival) {
        Map<Integer, Double> theirs = rival.stream().collect(Collectors.toMap(Run::round, metric::of));
        return subject.stream()
                .mapToDouble(run -> metric.of(run) / theirs.getOrDefault(run.round(), Double.NaN))
                .toArray();
    }

    /**
     * Returns whether latency allows no conclusion: at a fixed rate it is meaningless if the load generator itself was late in
     * most runs.
     */
    @JsonIgnore
    boolean isUndecided() {
        return openLoop && contenders.values().stream().anyMatch(one -> one.limited() * 2 > one.runs());
    }

    /** Returns the subject's {@code metric} by that of {@code rival}; empty if either is unknown. */
    public Optional<Ratio> ratio(Contender rival, Metric metric) {
        Optional<Ratio> ratio = Optional.ofNullable(contenders.get(rival))
                .map(measured -> measured.ratios().get(metric));
        return metric == Metric.P99_MILLIS && isUndecided() ? ratio.map(Ratio::undecided) : ratio;
    }

    /** Returns the metrics that are known for at least one contender. */
    List<Metric> knownMetrics() {
        return List.of(Metric.values()).stream()
                .filter(metric -> contenders.values().stream()
                        .anyMatch(one -> one.figures().containsKey(metric)))
                .toList();
    }
}
