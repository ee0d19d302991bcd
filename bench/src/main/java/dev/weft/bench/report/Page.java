package dev.weft.bench.report;

import dev.weft.bench.load.Latency;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.rival.Service;
import dev.weft.bench.suite.Plan;
import dev.weft.bench.suite.Run;
import dev.weft.bench.suite.Scenario;
import dev.weft.bench.suite.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results as one HTML file that loads nothing and runs nothing: the pictures are inline SVG. */
public final class Page {
    private static final String TEMPLATE = "page.html";
    private static final int COLOURS = 10;
    private static final int SENTENCES_AT_THE_TOP = 3;

    private final Results results;

    private Page(Results results) {
        this.results = results;
    }

    /** The page's text. */
    public static String of(Results results) throws IOException {
        Page page = new Page(results);
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("title", new Markup().text(results.title()).toString());
        parts.put("verdict", page.verdict().toString());
        parts.put("scenarios", page.scenarios().toString());
        parts.put("growth", page.growth().toString());
        parts.put("setting", page.setting().toString());
        parts.put("contenders", page.contenders().toString());
        return fill(template(), parts);
    }

    /** Puts each part where the template says {@code {{its name}}}; what is put in is not looked at again. */
    private static String fill(String template, Map<String, String> parts) {
        StringBuilder page = new StringBuilder();
        int position = 0;
        for (int open = template.indexOf("{{"); open >= 0; open = template.indexOf("{{", position)) {
            int close = template.indexOf("}}", open);
            String name = template.substring(open + 2, close);
            String part = parts.get(name);
            if (part == null) {
                throw new IllegalStateException("the template asks for an unknown part: " + name);
            }
            page.append(template, position, open).append(part);
            position = close + 2;
        }
        return page.append(template, position, template.length()).toString();
    }

    private static String template() throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(TEMPLATE)) {
            if (in == null) {
                throw new IOException("not on the class path: " + TEMPLATE);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Markup verdict() {
        Markup html = new Markup();
        List<String> sentences = results.verdict();
        for (int i = 0; i < sentences.size(); i++) {
            html.element("p", sentences.get(i), "class", i < SENTENCES_AT_THE_TOP ? "said" : "doubt");
        }
        return html;
    }

    private Markup scenarios() {
        Markup html = new Markup();
        for (int cores : new int[] {1, 2}) {
            List<Comparison> some = results.comparisons().stream()
                    .filter(comparison -> comparison.scenario().serverCores() == cores)
                    .toList();
            if (!some.isEmpty()) {
                html.element("h2", cores == 1 ? "One core for the server" : "The server may use both cores");
                some.forEach(comparison -> scenario(html, comparison));
            }
        }
        return html;
    }

    private void scenario(Markup html, Comparison comparison) {
        html.open("section", "id", comparison.scenario().id())
                .element("h3", comparison.scenario().title())
                .open("div", "class", "charts");
        for (Metric metric : pictures(comparison)) {
            List<BarChart.Bar> bars = comparison.contenders().stream()
                    .flatMap(contender -> comparison
                            .figure(contender, metric)
                            .map(spread -> new BarChart.Bar(contender, colour(contender), spread))
                            .stream())
                    .toList();
            String hint = metric.isMoreBetter() ? "more is better" : "less is better";
            html.markup(new BarChart(metric.label(), hint, metric, bars).draw());
        }
        if (comparison.scenario().shape().isOpenLoop()) {
            html.markup(percentiles(comparison));
        }
        html.close("div");
        html.open("details").element("summary", "all figures and ratios");
        html.open("div", "class", "scroll").markup(Tables.figures(comparison)).close("div");
        html.open("div", "class", "scroll")
                .markup(Tables.ratios(results.subject(), comparison))
                .close("div");
        html.close("details").close("section");
    }

    private static List<Metric> pictures(Comparison comparison) {
        return comparison.scenario().shape().isOpenLoop()
                ? List.of(Metric.P99_MILLIS)
                : List.of(Metric.REQUESTS_PER_SECOND, Metric.P99_MILLIS, Metric.CPU_MICROS_PER_REQUEST);
    }

    /** The curve of each contender's round with the median p99. */
    private Markup percentiles(Comparison comparison) {
        List<Double> percentiles = List.of(50.0, 75.0, 90.0, 95.0, 99.0, 99.5, 99.9, 99.99);
        List<Lines.Line> lines = new ArrayList<>();
        for (Contender contender : comparison.contenders()) {
            List<Run> byTail = comparison.runsOf(contender).stream()
                    .sorted(Comparator.comparingDouble(
                            run -> run.load().latency().p99Millis()))
                    .toList();
            Latency latency = byTail.get(byTail.size() / 2).load().latency();
            lines.add(new Lines.Line(
                    contender,
                    colour(contender),
                    percentiles.stream().map(latency::millisAt).toList()));
        }
        List<String> steps = percentiles.stream().map(Page::percent).toList();
        return new Lines("latency ms, by percentile", "less is better", steps, lines).draw();
    }

    private static String percent(double percentile) {
        return (percentile == Math.rint(percentile) ? String.format(Locale.ROOT, "%.0f", percentile) : percentile + "")
                + "%";
    }

    /** How cost grows with connections, from the scenarios that differ in nothing else. */
    private Markup growth() {
        List<Comparison> family = results.comparisons().stream()
                .filter(comparison -> isOfTheFamily(comparison.scenario()))
                .sorted(Comparator.comparingInt(one -> one.scenario().shape().connections()))
                .toList();
        Markup html = new Markup();
        if (family.size() < 2) {
            return html;
        }
        html.element("h2", "Growth with connections").open("div", "class", "charts");
        for (Metric metric : List.of(
                Metric.RESIDENT_MIB,
                Metric.REQUESTS_PER_SECOND,
                Metric.P99_MILLIS,
                Metric.CPU_MICROS_PER_REQUEST,
                Metric.CONTEXT_SWITCHES_PER_REQUEST)) {
            html.markup(growth(family, metric));
        }
        return html.close("div");
    }

    private static boolean isOfTheFamily(Scenario scenario) {
        Shape shape = scenario.shape();
        return scenario.service() == Service.ECHO
                && scenario.serverCores() == 1
                && shape.equals(Shape.busy(shape.connections(), 64));
    }

    private Markup growth(List<Comparison> family, Metric metric) {
        List<String> steps = family.stream()
                .map(one ->
                        String.format(Locale.ROOT, "%,d", one.scenario().shape().connections()))
                .toList();
        List<Lines.Line> lines = family.get(0).contenders().stream()
                .map(contender -> new Lines.Line(
                        contender,
                        colour(contender),
                        family.stream()
                                .map(one -> one.figure(contender, metric)
                                        .map(Spread::median)
                                        .orElse(Double.NaN))
                                .toList()))
                .toList();
        String hint = (metric.isMoreBetter() ? "more is better" : "less is better") + ", by connections";
        return new Lines(metric.label(), hint, steps, lines).draw();
    }

    /** The class of the style sheet that gives its lines and bars their colour; the subject has the first. */
    private String colour(Contender contender) {
        return "c" + results.plan().contenders().indexOf(contender) % COLOURS;
    }

    private Markup setting() {
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("when", results.started() + ", Weft " + results.weftVersion());
        rows.put(
                "machine",
                results.machine().cpu() + ", " + results.machine().cores() + " cores, "
                        + results.machine().kernel());
        rows.put("Java", results.machine().jvm() + " (" + results.machine().javaVersion() + ")");
        rows.put("cores", results.pinning());
        rows.put(
                "rounds",
                String.format(
                        Locale.ROOT,
                        "%d in rotating order, %s s measured after %s s of warm-up, new processes after every %d rounds",
                        results.plan().rounds(),
                        results.plan().windowSeconds(),
                        results.plan().warmUpSeconds(),
                        Plan.ROUNDS_OF_A_SERVER));
        rows.put("command", String.join(" ", results.command()));
        Markup html = new Markup();
        rows.forEach((name, value) -> html.element("dt", name).element("dd", value));
        return html;
    }

    private Markup contenders() {
        Markup html = new Markup();
        results.versions()
                .forEach((contender, version) ->
                        html.element("dt", contender.label()).element("dd", contender.explanation() + "; " + version));
        results.missing()
                .forEach((contender, why) ->
                        html.element("dt", contender.label()).element("dd", "left out: " + why));
        return html;
    }
}
