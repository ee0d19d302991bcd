package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.util.Locale;
import java.util.Optional;

/** The result of a scenario in one sentence, for a reader who has not seen the tables. */
public final class Verdict {
    private Verdict() {}

    /**
     * Returns a sentence that compares the subject with its first rival in the first scenario: who won, by how much, the range
     * over the rounds, CPU time and latency. Empty if there is no rival.
     */
    public static Optional<String> of(Results results) {
        ScenarioResults scenario = results.scenarios().getFirst();
        return scenario.contenders().keySet().stream()
                .filter(contender -> contender != results.subject())
                .findFirst()
                .flatMap(rival -> scenario.ratio(rival, Metric.REQUESTS_PER_SECOND)
                        .map(throughput -> sentence(results, scenario, rival, throughput)));
    }

    private static String sentence(Results results, ScenarioResults scenario, Contender rival, Ratio throughput) {
        String subject = results.subject().label();
        String winner = switch (throughput.outcome()) {
            case WIN -> "the winner is " + subject;
            case LOSE -> "the winner is " + rival.label();
            case TIE -> "there is no clear winner";
        };
        Spread spread = throughput.spread();
        return String.format(
                Locale.ROOT,
                "Result for %s: %s; %s served %s requests per second than %s (from %s to %s over %d rounds)%s%s.",
                scenario.title(),
                winner,
                subject,
                difference(spread.median()),
                rival.label(),
                difference(spread.lowest()),
                difference(spread.highest()),
                results.rounds(),
                scenario.ratio(rival, Metric.CPU_MICROS_PER_REQUEST)
                        .map(cpu -> ", with " + percent(cpu.spread().median()) + " of their CPU time per request")
                        .orElse(""),
                scenario.ratio(rival, Metric.P99_MILLIS)
                        .map(p99 -> " and " + percent(p99.spread().median()) + " of their p99 latency")
                        .orElse(""));
    }

    private static String difference(double ratio) {
        long percent = Math.round((ratio - 1) * 100);
        return Math.abs(percent) + (percent < 0 ? " % fewer" : " % more");
    }

    private static String percent(double ratio) {
        return Math.round(ratio * 100) + " %";
    }
}
