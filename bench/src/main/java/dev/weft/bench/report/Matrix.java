package dev.weft.bench.report;

import static java.util.stream.Collectors.joining;

import dev.weft.bench.rival.Contender;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A small table of the subject against its rivals on a few scenarios, and a sentence on where it loses. The README files and
 * the top of the page show the same table.
 */
final class Matrix {
    private static final Map<String, String> SCENARIOS = new LinkedHashMap<>();

    static {
        SCENARIOS.put("echo-64-1000", "Echo, 1,000 connections");
        SCENARIOS.put("echo-64-9500", "Echo, 9,500 connections");
        SCENARIOS.put("tls-64-1000", "Echo over TLS, 1,000 connections");
        SCENARIOS.put("proxy-64-1000", "TCP proxy, 1,000 connections");
        SCENARIOS.put("backend-1000-on-both-cores", "HTTP, a backend call of 1 ms, both cores");
        SCENARIOS.put("backends-1000-on-both-cores", "HTTP, three backend calls, both cores");
    }

    private static final List<Contender> RIVALS =
            List.of(Contender.VIRTUAL, Contender.THREADS, Contender.NETTY, Contender.GO, Contender.BARE);

    private final Results results;
    private final Metric metric;
    private final List<ScenarioResults> scenarios;
    private final List<Contender> rivals;

    /** Selects the most important scenarios and rivals, or all of them if the comparison has none of these. */
    Matrix(Results results, Metric metric) {
        this.results = results;
        this.metric = metric;
        List<ScenarioResults> known = SCENARIOS.keySet().stream()
                .flatMap(id ->
                        results.scenarios().stream().filter(one -> one.id().equals(id)))
                .toList();
        scenarios = known.isEmpty() ? results.scenarios() : known;
        List<Contender> present =
                RIVALS.stream().filter(results.rivals()::contains).toList();
        rivals = present.isEmpty() ? results.rivals() : present;
    }

    List<ScenarioResults> scenarios() {
        return scenarios;
    }

    List<Contender> rivals() {
        return rivals;
    }

    Optional<Ratio> ratio(ScenarioResults scenario, Contender rival) {
        return scenario.ratio(rival, metric);
    }

    static String label(ScenarioResults scenario) {
        return SCENARIOS.getOrDefault(scenario.id(), scenario.title());
    }

    String markdown() {
        StringBuilder text = new StringBuilder("| " + capital(results.subject().label()) + " against |");
        rivals.forEach(rival -> text.append(' ').append(rival.label()).append(" |"));
        text.append("\n|---|").append("---|".repeat(rivals.size())).append('\n');
        for (ScenarioResults scenario : scenarios) {
            text.append("| ").append(label(scenario)).append(" |");
            for (Contender rival : rivals) {
                text.append(' ')
                        .append(ratio(scenario, rival).map(Ratio::text).orElse("-"))
                        .append(" |");
            }
            text.append('\n');
        }
        return text.toString();
    }

    /** Returns a sentence that says to which rivals the subject loses in throughput, how often, and by how much. */
    String losses() {
        List<ScenarioResults> closed = results.scenarios().stream()
                .filter(scenario -> !scenario.openLoop())
                .toList();
        List<Loss> losses = results.rivals().stream()
                .map(rival -> Loss.of(rival, closed))
                .filter(loss -> loss.lost() > 0)
                .sorted(Comparator.comparingLong(Loss::lost).reversed())
                .toList();
        return losses.isEmpty()
                ? "No losses in throughput."
                : "Scenarios lost on throughput: "
                        + losses.stream().map(Loss::text).collect(joining(", "))
                        + "; none against the others.";
    }

    private record Loss(Contender rival, long lost, long met, double worst) {
        static Loss of(Contender rival, List<ScenarioResults> scenarios) {
            List<Ratio> met = scenarios.stream()
                    .flatMap(scenario -> scenario.ratio(rival, Metric.REQUESTS_PER_SECOND).stream())
                    .toList();
            List<Ratio> lost = met.stream()
                    .filter(ratio -> ratio.outcome() == Ratio.Outcome.LOSE)
                    .toList();
            double worst = lost.stream()
                    .mapToDouble(ratio -> ratio.spread().median())
                    .min()
                    .orElse(1);
            return new Loss(rival, lost.size(), met.size(), worst);
        }

        String text() {
            return String.format(
                    Locale.ROOT, "%d of %d against %s (worst ratio %.2f)", lost, met, rival.label(), worst);
        }
    }

    static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
