package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.util.List;

/**
 * Horizontal bars from zero, one a contender: its length is the median, a thin line shows the range. Colours and sizes of
 * letters are the page's, so that it follows the reader's colour scheme.
 *
 * @param title what is told, with its unit
 * @param hint whether more or less is better
 */
record BarChart(String title, String hint, Metric metric, List<Bar> bars) {
    private static final double WIDTH = 460;
    private static final double NAMES = 150;
    private static final double VALUES = 64;
    private static final double ROW = 22;
    private static final double THICKNESS = 12;

    /** One contender's bar. */
    record Bar(Contender contender, String colour, Spread spread) {}

    Markup draw() {
        double longest =
                bars.stream().mapToDouble(bar -> bar.spread().highest()).max().orElse(1);
        double scale = (WIDTH - NAMES - VALUES) / (longest > 0 ? longest : 1);
        double height = ROW * bars.size();
        Markup svg = new Markup();
        svg.open("figure").open("figcaption").text(title).element("span", hint).close("figcaption");
        svg.open("svg", "viewBox", "0 0 " + WIDTH + " " + height, "role", "img", "aria-label", description());
        for (int i = 0; i < bars.size(); i++) {
            row(svg, bars.get(i), i * ROW + ROW / 2, scale);
        }
        return svg.close("svg").close("figure");
    }

    private void row(Markup svg, Bar bar, double middle, double scale) {
        Spread spread = bar.spread();
        double low = NAMES + spread.lowest() * scale;
        double high = NAMES + spread.highest() * scale;
        double length = spread.median() * scale;
        svg.element("text", bar.contender().label(), "x", NAMES - 8, "y", middle, "class", "name");
        svg.open(
                        "rect",
                        "x",
                        NAMES,
                        "y",
                        middle - THICKNESS / 2,
                        "width",
                        length,
                        "height",
                        THICKNESS,
                        "rx",
                        2,
                        "class",
                        bar.colour())
                .close("rect");
        if (high - low >= 1) {
            svg.open(
                            "path",
                            "class",
                            "range",
                            "d",
                            String.format(
                                    java.util.Locale.ROOT,
                                    "M%.1f %.1fH%.1fM%.1f %.1fv6M%.1f %.1fv6",
                                    low,
                                    middle,
                                    high,
                                    low,
                                    middle - 3,
                                    high,
                                    middle - 3))
                    .close("path");
        }
        svg.element("text", metric.format(spread.median()), "x", Math.max(NAMES + length, high) + 6, "y", middle);
    }

    private String description() {
        StringBuilder text = new StringBuilder(title).append(':');
        bars.forEach(bar -> text.append(' ')
                .append(bar.contender().label())
                .append(' ')
                .append(metric.format(bar.spread().median()))
                .append(';'));
        return text.toString();
    }
}
