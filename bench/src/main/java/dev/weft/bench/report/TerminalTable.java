package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.util.ArrayList;
import java.util.List;

/** The results as text. */
public final class TerminalTable {
    private TerminalTable() {}

    /** A table of figures and one of ratios for each scenario, and the verdict. */
    public static String of(Results results) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "%n%d rounds of %.1f s after %.1f s of warm-up; median, and below it the range%n%s%n",
                results.plan().rounds(),
                results.plan().windowSeconds(),
                results.plan().warmUpSeconds(),
                results.pinning()));
        for (Comparison comparison : results.comparisons()) {
            text.append(String.format(
                    "%n%s (%s)%n%n",
                    comparison.scenario().title(),
                    comparison.scenario().serverCores() > 1
                            ? "the server may use both cores"
                            : "one core for the server"));
            grid(figures(comparison), text);
            List<List<String>> ratios = ratios(comparison);
            if (ratios.size() > 1) {
                text.append(String.format(
                        "%n%s against each, median of the rounds' ratios (range)%n",
                        results.subject().label()));
                grid(ratios, text);
            }
        }
        text.append(System.lineSeparator());
        results.verdict().forEach(sentence -> text.append(sentence).append(System.lineSeparator()));
        return text.toString();
    }

    private static List<List<String>> figures(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        List<Metric> metrics = comparison.knownMetrics();
        rows.add(header(metrics));
        for (Contender contender : comparison.contenders()) {
            List<String> medians = new ArrayList<>(List.of(contender.label()));
            List<String> ranges = new ArrayList<>(List.of(""));
            for (Metric metric : metrics) {
                boolean marked = metric == Metric.LOAD_CPU_PERCENT && comparison.runsLimitedByLoad(contender) > 0;
                medians.add(comparison
                                .figure(contender, metric)
                                .map(spread -> metric.format(spread.median()))
                                .orElse("n/a")
                        + (marked ? " LIMIT" : ""));
                ranges.add(comparison
                        .figure(contender, metric)
                        .map(metric::formatRange)
                        .orElse(""));
            }
            rows.add(medians);
            rows.add(ranges);
        }
        return rows;
    }

    private static List<List<String>> ratios(Comparison comparison) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(header(Metric.COMPARED));
        for (Contender rival : comparison.rivals()) {
            List<String> row = new ArrayList<>(List.of(rival.label()));
            Metric.COMPARED.forEach(metric ->
                    row.add(comparison.ratio(rival, metric).map(Ratio::text).orElse("n/a")));
            rows.add(row);
        }
        return rows;
    }

    private static List<String> header(List<Metric> metrics) {
        List<String> header = new ArrayList<>(List.of(""));
        metrics.forEach(metric -> header.add(metric.label()));
        return header;
    }

    /** Aligns the columns: the first to the left, the others to the right. */
    public static void grid(List<List<String>> rows, StringBuilder text) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                text.append(i == 0 ? row.get(i) + padding : "  " + padding + row.get(i));
            }
            text.append(System.lineSeparator());
        }
    }
}
