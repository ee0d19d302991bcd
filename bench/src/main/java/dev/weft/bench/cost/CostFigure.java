package dev.weft.bench.cost;

import dev.weft.bench.report.Spread;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one contender's cost is.
 *
 * @param carrier whose it is; empty where there is nobody to compare with
 * @param score the median of the rounds
 * @param error half of what lies between the lowest and the highest of them
 * @param scores of the rounds
 * @param ratios for Weft's own: by rival, its score by the rival's, round by round; below 1 Weft is cheaper
 */
record CostFigure(
        String benchmark,
        Map<String, String> parameters,
        String carrier,
        String unit,
        double score,
        double error,
        List<Double> scores,
        Map<String, Spread> ratios) {

    /** The figures of a cost, from the scores of each contender's rounds. */
    static List<CostFigure> of(Cost cost, String unit, Map<String, List<Double>> scores) {
        List<CostFigure> figures = new ArrayList<>();
        String subject = cost.contenders().getFirst();
        scores.forEach((carrier, rounds) -> {
            Spread spread = Spread.of(rounds, Double::doubleValue);
            figures.add(new CostFigure(
                    cost.benchmark(),
                    cost.parameters(),
                    carrier,
                    unit,
                    spread.median(),
                    (spread.highest() - spread.lowest()) / 2,
                    rounds,
                    carrier.equals(subject) ? ratios(subject, scores) : Map.of()));
        });
        return figures;
    }

    private static Map<String, Spread> ratios(String subject, Map<String, List<Double>> scores) {
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
        return ratios;
    }

    /** Median and range, and the ratios. */
    String text() {
        Spread spread = Spread.of(scores, Double::doubleValue);
        String figure = String.format(
                Locale.ROOT,
                "%s %.4g (%.4g-%.4g) %s",
                carrier,
                spread.median(),
                spread.lowest(),
                spread.highest(),
                unit);
        String compared = ratios.entrySet().stream()
                .map(ratio -> String.format(
                        Locale.ROOT,
                        "%s %.2f (%.2f-%.2f)",
                        ratio.getKey(),
                        ratio.getValue().median(),
                        ratio.getValue().lowest(),
                        ratio.getValue().highest()))
                .collect(Collectors.joining(", "));
        return (compared.isEmpty() ? figure : figure + "; by " + compared).strip();
    }
}
