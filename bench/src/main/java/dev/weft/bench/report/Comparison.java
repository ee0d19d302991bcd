package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Run;
import dev.weft.bench.suite.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** What was measured in one scenario. */
final class Comparison {
    private final Results results;
    private final Scenario scenario;
    private final List<Run> runs;

    Comparison(Results results, Scenario scenario) {
        this.results = results;
        this.scenario = scenario;
        runs = results.runs().stream()
                .filter(run -> run.scenario().equals(scenario.id()))
                .toList();
    }

    Scenario scenario() {
        return scenario;
    }

    /** Who was measured, in the order of the plan. */
    List<Contender> contenders() {
        return results.plan().contenders().stream()
                .filter(contender -> !runsOf(contender).isEmpty())
                .toList();
    }

    /** The runs of one contender. */
    List<Run> runsOf(Contender contender) {
        return runs.stream().filter(run -> run.contender() == contender).toList();
    }

    /** All runs. */
    List<Run> runs() {
        return runs;
    }

    private DoubleStream values(Contender contender, Metric metric) {
        return runs.stream().filter(run -> run.contender() == contender).mapToDouble(metric::of);
    }

    /** Median and range of one metric; none if it is not known. */
    Optional<Spread> figure(Contender contender, Metric metric) {
        return Spread.ofKnown(values(contender, metric));
    }

    /** Of every metric that is known. */
    Map<Metric, Spread> figures(Contender contender) {
        Map<Metric, Spread> figures = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            figure(contender, metric).ifPresent(spread -> figures.put(metric, spread));
        }
        return figures;
    }

    /** Those of which something is known of somebody. */
    List<Metric> knownMetrics() {
        return Arrays.stream(Metric.values())
                .filter(metric -> contenders().stream()
                        .anyMatch(contender -> figure(contender, metric).isPresent()))
                .toList();
    }

    /** The subject's {@code metric} by the rival's, round by round. */
    Optional<Ratio> ratio(Contender rival, Metric metric) {
        Map<Integer, Double> own = byRound(results.subject(), metric);
        Map<Integer, Double> other = byRound(rival, metric);
        return Ratio.of(
                rival,
                metric,
                own.entrySet().stream()
                        .filter(entry -> other.containsKey(entry.getKey()))
                        .mapToDouble(entry -> entry.getValue() / other.getOrDefault(entry.getKey(), Double.NaN))
                        .toArray());
    }

    private Map<Integer, Double> byRound(Contender contender, Metric metric) {
        return runs.stream()
                .filter(run -> run.contender() == contender)
                .collect(Collectors.toMap(Run::round, metric::of));
    }

    /** All that are known and worth telling. */
    List<Ratio> ratios() {
        List<Ratio> ratios = new ArrayList<>();
        for (Contender rival : rivals()) {
            Metric.COMPARED.forEach(metric -> ratio(rival, metric).ifPresent(ratios::add));
        }
        return ratios;
    }

    /** With whom the subject is compared. */
    List<Contender> rivals() {
        return contenders().stream()
                .filter(contender -> contender != results.subject()
                        && !runsOf(results.subject()).isEmpty())
                .toList();
    }

    /** What decides who wins: throughput, and where the load sets the pace, the latency of one in a hundred. */
    Metric decisive() {
        return scenario.shape().isOpenLoop() ? Metric.P99_MILLIS : Metric.REQUESTS_PER_SECOND;
    }

    /**
     * Whether nobody can be said to have won: where requests come at a fixed rate, latency tells nothing if the load generator
     * itself was late in most runs of {@code contender}.
     */
    boolean isUndecided(Contender contender) {
        return scenario.shape().isOpenLoop()
                && runsLimitedByLoad(contender) * 2 > runsOf(contender).size();
    }

    /** In how many of its runs not the contender was at its limit but the load generator. */
    long runsLimitedByLoad(Contender contender) {
        return runsOf(contender).stream()
                .filter(run -> run.load().isLimitedByLoad())
                .count();
    }
}
