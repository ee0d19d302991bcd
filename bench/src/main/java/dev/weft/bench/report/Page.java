package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The results as one self-contained HTML file, without scripts or external resources; the charts are inline SVG. */
public final class Page {
    private static final String TEMPLATE = "page.html";

    private final Results results;

    private Page(Results results) {
        this.results = results;
    }

    public static String of(Results results) throws IOException {
        Page page = new Page(results);
        String text = template();
        Map<String, Markup> parts = new LinkedHashMap<>();
        parts.put("title", new Markup().text(results.title()));
        parts.put("doubts", page.doubts());
        parts.put("matrix", page.matrix());
        parts.put("scenarios", page.scenarios());
        parts.put("setting", page.setting());
        parts.put("contenders", page.contenders());
        for (Map.Entry<String, Markup> part : parts.entrySet()) {
            text = text.replace("{{" + part.getKey() + "}}", part.getValue().toString());
        }
        return text;
    }

    private static String template() throws IOException {
        try (InputStream in = Page.class.getResourceAsStream(TEMPLATE)) {
            if (in == null) {
                throw new IOException("not on the class path: " + TEMPLATE);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Markup doubts() {
        Markup html = new Markup();
        if (!results.doubts().isEmpty()) {
            html.open("aside").element("strong", "Read with care. ");
            results.doubts().forEach(doubt -> html.element("span", doubt + " "));
            html.close("aside");
        }
        return html;
    }

    private Markup matrix() {
        Matrix matrix = new Matrix(results, Metric.REQUESTS_PER_SECOND);
        String subject = Matrix.capital(results.subject().label());
        Markup html = new Markup();
        if (matrix.rivals().isEmpty()) {
            return html;
        }
        html.open("div", "class", "scroll").open("table", "class", "matrix");
        html.open("thead").open("tr").element("th", subject + " against");
        for (Contender rival : matrix.rivals()) {
            html.open("th").markup(swatch(rival)).text(rival.label()).close("th");
        }
        html.close("tr").close("thead").open("tbody");
        for (ScenarioResults scenario : matrix.scenarios()) {
            html.open("tr").open("th").element("a", Matrix.label(scenario), "href", "#" + scenario.id());
            html.close("th");
            for (Contender rival : matrix.rivals()) {
                ratio(html, matrix.ratio(scenario, rival));
            }
            html.close("tr");
        }
        return html.close("tbody").close("table").close("div").element("p", matrix.losses(), "class", "said");
    }

    private static void ratio(Markup html, Optional<Ratio> ratio) {
        ratio.ifPresentOrElse(
                known -> html.open("td", "class", known.outcome())
                        .text(String.format(Locale.ROOT, "%.2f", known.spread().median()))
                        .element(
                                "small",
                                String.format(
                                        Locale.ROOT,
                                        "%.2f-%.2f",
                                        known.spread().lowest(),
                                        known.spread().highest()))
                        .close("td"),
                () -> html.element("td", "-"));
    }

    private static Markup swatch(Contender contender) {
        return new Markup().open("i", "class", contender).close("i");
    }

    private Markup scenarios() {
        Markup html = new Markup();
        for (int cores : new int[] {1, 2}) {
            List<ScenarioResults> some = results.scenarios().stream()
                    .filter(scenario -> scenario.serverCores() == cores)
                    .toList();
            if (!some.isEmpty()) {
                html.element("h2", cores == 1 ? "One core for the server" : "The server may use both cores");
                some.forEach(scenario -> scenario(html, scenario));
            }
        }
        return html;
    }

    private void scenario(Markup html, ScenarioResults scenario) {
        html.open("section", "id", scenario.id())
                .open("h3")
                .element("a", scenario.title(), "href", "#" + scenario.id())
                .close("h3");
        if (scenario.isUndecided()) {
            html.element("p", "Inconclusive: the load generator itself was late in most runs.", "class", "note");
        }
        html.open("div", "class", "charts");
        for (Metric metric : scenario.openLoop() ? List.of(Metric.P50_MILLIS, Metric.P99_MILLIS) : Metric.COMPARED) {
            html.markup(BarChart.of(scenario, metric).draw());
        }
        html.close("div").open("details").element("summary", "All figures and ratios");
        figures(html, scenario);
        ratios(html, scenario);
        html.close("details").close("section");
    }

    private static void figures(Markup html, ScenarioResults scenario) {
        List<Metric> metrics = scenario.knownMetrics();
        header(html, "median, range", metrics);
        scenario.contenders().forEach((contender, measured) -> {
            html.open("tr").element("th", contender.label());
            for (Metric metric : metrics) {
                Spread spread = measured.figures().get(metric);
                boolean isLimit = metric == Metric.LOAD_CPU_PERCENT && measured.limited() > 0;
                html.open("td");
                if (spread != null) {
                    html.text(metric.format(spread.median()))
                            .element("small", metric.formatRange(spread) + (isLimit ? " limit" : ""));
                }
                html.close("td");
            }
            html.close("tr");
        });
        html.close("tbody").close("table").close("div");
    }

    private void ratios(Markup html, ScenarioResults scenario) {
        header(html, results.subject().label() + " against", Metric.COMPARED);
        scenario.contenders().keySet().stream()
                .filter(rival -> rival != results.subject())
                .forEach(rival -> {
                    html.open("tr").element("th", rival.label());
                    Metric.COMPARED.forEach(metric -> ratio(html, scenario.ratio(rival, metric)));
                    html.close("tr");
                });
        html.close("tbody").close("table").close("div");
    }

    private static void header(Markup html, String corner, List<Metric> metrics) {
        html.open("div", "class", "scroll")
                .open("table")
                .open("thead")
                .open("tr")
                .element("th", corner);
        metrics.forEach(metric -> html.element("th", metric.label()));
        html.close("tr").close("thead").open("tbody");
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
                        "%d in rotating order, %s s measured after %s s of warm-up, servers restarted every %d rounds",
                        results.rounds(),
                        results.windowSeconds(),
                        results.warmUpSeconds(),
                        Plan.ROUNDS_OF_A_SERVER));
        rows.put("command", results.command());
        Markup html = new Markup();
        rows.forEach((name, value) -> html.element("dt", name).element("dd", value));
        return html;
    }

    private Markup contenders() {
        Markup html = new Markup();
        results.versions()
                .forEach((contender, version) -> html.open("dt")
                        .markup(swatch(contender))
                        .text(contender.label())
                        .close("dt")
                        .element("dd", contender.explanation() + "; " + version));
        results.missing()
                .forEach((contender, why) ->
                        html.element("dt", contender.label()).element("dd", "left out: " + why));
        return html;
    }
}
