package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.util.List;

/** The tables of the page. */
final class Tables {
    private Tables() {}

    /** Median and range of all that is known. */
    static Markup figures(Comparison comparison) {
        List<Metric> metrics = comparison.knownMetrics();
        Markup html = header("", metrics);
        for (Contender contender : comparison.contenders()) {
            html.open("tr").element("th", contender.label());
            for (Metric metric : metrics) {
                html.open("td");
                comparison
                        .figure(contender, metric)
                        .ifPresentOrElse(
                                spread -> html.text(metric.format(spread.median()))
                                        .element(
                                                "small",
                                                metric.formatRange(spread) + limit(comparison, contender, metric)),
                                () -> html.text("n/a"));
                html.close("td");
            }
            html.close("tr");
        }
        return html.close("tbody").close("table");
    }

    private static String limit(Comparison comparison, Contender contender, Metric metric) {
        return metric == Metric.LOAD_CPU_PERCENT && comparison.runsLimitedByLoad(contender) > 0 ? " limit" : "";
    }

    /** The subject against each of the others. */
    static Markup ratios(Contender subject, Comparison comparison) {
        Markup html = header(subject.label() + " against", Metric.COMPARED);
        for (Contender rival : comparison.rivals()) {
            html.open("tr").element("th", rival.label());
            for (Metric metric : Metric.COMPARED) {
                comparison
                        .ratio(rival, metric)
                        .ifPresentOrElse(
                                ratio -> html.element("td", ratio.text(), "class", ratio.outcome()),
                                () -> html.element("td", "n/a"));
            }
            html.close("tr");
        }
        return html.close("tbody").close("table");
    }

    private static Markup header(String corner, List<Metric> metrics) {
        Markup html = new Markup().open("table").open("thead").open("tr").element("th", corner);
        metrics.forEach(metric -> html.element("th", metric.label()));
        return html.close("tr").close("thead").open("tbody");
    }
}
