package dev.weft.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results as text tables. */
public final class TerminalTable {
    private TerminalTable() {}

    /** Formats a table of figures and one of ratios for each scenario, then the subject's losses and the caveats. */
    public static String of(Results results) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%n%d rounds of %.1f s after %.1f s of warm-up; medians, with the range below%n%s%n",
                results.rounds(),
                results.windowSeconds(),
                results.warmUpSeconds(),
                results.pinning()));
        for (ScenarioResults scenario : results.scenarios()) {
            text.append(String.format("%n%s%n%n", scenario.title()));
            grid(figures(scenario), text);
            List<List<String>> ratios = ratios(scenario);
            if (ratios.size() > 1) {
                text.append(String.format(
                        "%n%s against each rival: median of the per-round ratios (range)%n",
                        results.subject().label()));
                grid(ratios, text);
            }
        }
        text.append(String.format("%n%s%n", new Matrix(results, Metric.REQUESTS_PER_SECOND).losses()));
        results.doubts().forEach(doubt -> text.append(doubt).append(System.lineSeparator()));
        return text.toString();
    }

    private static List<List<String>> figures(ScenarioResults scenario) {
        List<List<String>> rows = new ArrayList<>();
        List<Metric> metrics = scenario.knownMetrics();
        rows.add(header(metrics));
        scenario.contenders().forEach((contender, measured) -> {
            List<String> medians = new ArrayList<>(List.of(contender.label()));
            List<String> ranges = new ArrayList<>(List.of(""));
            for (Metric metric : metrics) {
                Spread spread = measured.figures().get(metric);
                boolean isLimit = metric == Metric.LOAD_CPU_PERCENT && measured.limited() > 0;
                medians.add(spread == null ? "n/a" : metric.format(spread.median()) + (isLimit ? " LIMIT" : ""));
                ranges.add(spread == null ? "" : metric.formatRange(spread));
            }
            rows.add(medians);
            rows.add(ranges);
        });
        return rows;
    }

    private static List<List<String>> ratios(ScenarioResults scenario) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(header(Metric.COMPARED));
        scenario.contenders().forEach((rival, measured) -> {
            if (!measured.ratios().isEmpty()) {
                List<String> row = new ArrayList<>(List.of(rival.label()));
                Metric.COMPARED.forEach(metric ->
                        row.add(scenario.ratio(rival, metric).map(Ratio::text).orElse("n/a")));
                rows.add(row);
            }
        });
        return rows;
    }

    private static List<String> header(List<Metric> metrics) {
        List<String> header = new ArrayList<>(List.of(""));
        metrics.forEach(metric -> header.add(metric.label()));
        return header;
    }

    /** Aligns the columns: the first to the left, the others to the right. */
    private static void grid(List<List<String>> rows, StringBuilder text) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - row.get(i).length());
                text.append(i == 0 ? row.get(i) + padding : "  " + padding + row.get(i));
            }
            text.append(System.lineSeparator());
        }
    }
}
