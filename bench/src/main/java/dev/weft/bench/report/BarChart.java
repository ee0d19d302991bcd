package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A chart of horizontal bars from zero, one per contender. The length is the median; a thin line shows the range. Colours
 * and fonts come from the page, so the chart follows the reader's colour scheme.
 */
record BarChart(Metric metric, List<Bar> bars) {
    private static final double WIDTH = 360;
    private static final double NAMES = 126;
    private static final double VALUES = 68;
    private static final double ROW = 24;
    private static final double THICKNESS = 14;

    record Bar(Contender contender, Spread spread) {}

    static BarChart of(ScenarioResults scenario, Metric metric) {
        return new BarChart(
                metric,
                scenario.contenders().entrySet().stream()
                        .filter(one -> one.getValue().figures().containsKey(metric))
                        .map(one ->
                                new Bar(one.getKey(), one.getValue().figures().get(metric)))
                        .toList());
    }

    Markup draw() {
        double longest =
                bars.stream().mapToDouble(bar -> bar.spread().highest()).max().orElse(1);
        double scale = (WIDTH - NAMES - VALUES) / (longest > 0 ? longest : 1);
        Markup svg = new Markup();
        svg.open("figure")
                .open("figcaption")
                .text(metric.label())
                .element("span", metric.isMoreBetter() ? "more is better" : "less is better")
                .close("figcaption");
        svg.open(
                "svg", "viewBox", "0 0 " + WIDTH + " " + ROW * bars.size(), "role", "img", "aria-label", description());
        for (int i = 0; i < bars.size(); i++) {
            row(svg, bars.get(i), i * ROW + ROW / 2, scale);
        }
        return svg.close("svg").close("figure");
    }

    private void row(Markup svg, Bar bar, double middle, double scale) {
        double low = NAMES + bar.spread().lowest() * scale;
        double high = NAMES + bar.spread().highest() * scale;
        double end = NAMES + bar.spread().median() * scale;
        String who = bar.contender().name();
        svg.element("text", bar.contender().label(), "x", NAMES - 8, "y", middle, "class", "name " + who);
        String box = path("M%.1f %.1fH%.1fv%.1fH%.1fz", NAMES, middle - THICKNESS / 2, end, THICKNESS, NAMES);
        svg.open("path", "class", "bar " + who, "d", box).close("path");
        if (high - low >= 1) {
            String range = path(
                    "M%.1f %.1fH%.1fM%.1f %.1fv6M%.1f %.1fv6", low, middle, high, low, middle - 3, high, middle - 3);
            svg.open("path", "class", "range", "d", range).close("path");
        }
        svg.element("text", metric.format(bar.spread().median()), "x", Math.max(end, high) + 6, "y", middle);
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static String path(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private String description() {
        return metric.label() + ": "
                + bars.stream()
                        .map(bar -> bar.contender().label() + " "
                                + metric.format(bar.spread().median()))
                        .collect(Collectors.joining("; "));
    }
}
