package dev.weft.bench;

import java.util.ArrayList;
import java.util.List;

/** The report as text. */
final class TerminalTable {
    private TerminalTable() {}

    static String of(Report report) {
        StringBuilder text = new StringBuilder();
        Settings settings = report.settings();
        text.append(String.format(
                "%n%,d connections, %d-byte messages, %d rounds of %.1f s after %.1f s of warm-up; median, and below it the range%n",
                settings.connections(),
                settings.messageBytes(),
                settings.rounds(),
                settings.windowSeconds(),
                settings.warmUpSeconds()));
        text.append(report.pinning()).append(System.lineSeparator()).append(System.lineSeparator());
        grid(figures(report), text);
        List<List<String>> ratios = ratios(report);
        if (ratios.size() > 1) {
            text.append(String.format(
                    "%n%s against each, median of the rounds' ratios (range)%n",
                    report.subject().label()));
            grid(ratios, text);
        }
        text.append(System.lineSeparator());
        report.verdict().forEach(sentence -> text.append(sentence).append(System.lineSeparator()));
        return text.toString();
    }

    private static List<List<String>> figures(Report report) {
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of(""));
        for (Metric metric : Metric.values()) {
            header.add(metric.label());
        }
        rows.add(header);
        report.summary().forEach((contender, figures) -> {
            List<String> medians = new ArrayList<>(List.of(contender.label()));
            List<String> ranges = new ArrayList<>(List.of(""));
            figures.forEach((metric, spread) -> {
                boolean marked = metric == Metric.LOAD_CPU_PERCENT && report.isLimitedByLoad(contender);
                medians.add(metric.format(spread.median()) + (marked ? " LIMIT" : ""));
                ranges.add(metric.formatRange(spread));
            });
            rows.add(medians);
            rows.add(ranges);
        });
        return rows;
    }

    private static List<List<String>> ratios(Report report) {
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of(""));
        Metric.COMPARED.forEach(metric -> header.add(metric.label()));
        rows.add(header);
        report.ratiosByRival().forEach((rival, ratios) -> {
            List<String> row = new ArrayList<>(List.of(rival.label()));
            for (Metric metric : Metric.COMPARED) {
                Ratio ratio = ratios.get(metric);
                row.add(ratio == null ? "n/a" : ratio.text());
            }
            rows.add(row);
        });
        return rows;
    }

    /** Aligns the columns: the first to the left, the others to the right. */
    static void grid(List<List<String>> rows, StringBuilder text) {
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
