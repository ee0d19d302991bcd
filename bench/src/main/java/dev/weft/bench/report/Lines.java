package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A line a contender over an axis of its own steps, upwards on a logarithmic scale: each thin line across is ten times the
 * one below.
 *
 * @param steps what stands below, from left to right
 */
record Lines(String title, String hint, List<String> steps, List<Line> lines) {
    private static final double WIDTH = 460;
    private static final double HEIGHT = 250;
    private static final double LEFT = 52;
    private static final double RIGHT = 8;
    private static final double TOP = 8;
    private static final double BOTTOM = 22;
    private static final double LEGEND_ROW = 18;
    private static final int LEGEND_COLUMNS = 3;

    /** One contender's values, one for each step; NaN where there is none. */
    record Line(Contender contender, String colour, List<Double> values) {}

    Markup draw() {
        int lowest = (int) Math.floor(Math.log10(known().min().orElse(1)));
        int highest =
                Math.max(lowest + 1, (int) Math.ceil(Math.log10(known().max().orElse(10))));
        double legend = LEGEND_ROW * Math.ceilDiv(lines.size(), LEGEND_COLUMNS) + 6;
        Markup svg = new Markup();
        svg.open("figure").open("figcaption").text(title).element("span", hint).close("figcaption");
        svg.open("svg", "viewBox", "0 0 " + WIDTH + " " + (HEIGHT + legend), "role", "img", "aria-label", title);
        for (int power = lowest; power <= highest; power++) {
            double y = y(Math.pow(10, power), lowest, highest);
            svg.open("path", "class", "grid", "d", path("M%.1f %.1fH%.1f", LEFT, y, WIDTH - RIGHT))
                    .close("path");
            svg.element("text", tick(power), "x", LEFT - 6, "y", y, "class", "name");
        }
        for (int i = 0; i < steps.size(); i++) {
            svg.element("text", steps.get(i), "x", x(i), "y", HEIGHT - 8, "class", "step");
        }
        for (int i = 0; i < lines.size(); i++) {
            line(svg, lines.get(i), lowest, highest);
            legend(svg, lines.get(i), i);
        }
        return svg.close("svg").close("figure");
    }

    private DoubleStream known() {
        return lines.stream()
                .flatMapToDouble(line -> line.values().stream().mapToDouble(Double::doubleValue))
                .filter(value -> value > 0);
    }

    private void line(Markup svg, Line line, int lowest, int highest) {
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < line.values().size(); i++) {
            double value = line.values().get(i);
            if (value > 0) {
                path.append(path("%s%.1f %.1f", path.isEmpty() ? "M" : "L", x(i), y(value, lowest, highest)));
            }
        }
        svg.open("path", "class", "line " + line.colour(), "d", path).close("path");
    }

    private void legend(Markup svg, Line line, int index) {
        int row = index / LEGEND_COLUMNS;
        double x = LEFT + index % LEGEND_COLUMNS * (WIDTH - LEFT - RIGHT) / LEGEND_COLUMNS;
        double y = HEIGHT + LEGEND_ROW * row + 8;
        svg.open("path", "class", "line " + line.colour(), "d", path("M%.1f %.1fh14", x, y))
                .close("path");
        svg.element("text", line.contender().label(), "x", x + 19, "y", y);
    }

    private double x(int step) {
        double width = WIDTH - LEFT - RIGHT - 24;
        return LEFT + 12 + (steps.size() < 2 ? width / 2 : step * width / (steps.size() - 1));
    }

    private static double y(double value, int lowest, int highest) {
        double share = (Math.log10(value) - lowest) / (highest - lowest);
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    }

    private static String tick(int power) {
        return power < 0
                ? String.format(Locale.ROOT, "%." + -power + "f", Math.pow(10, power))
                : String.format(Locale.ROOT, "%,.0f", Math.pow(10, power));
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static String path(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
