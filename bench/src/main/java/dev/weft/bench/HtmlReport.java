package dev.weft.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The report as one HTML file that loads nothing: script, figures and pictures are all in it. */
final class HtmlReport {
    private static final String TEMPLATE = "/dev/weft/bench/report.html";
    private static final String CHART_JS = "/META-INF/resources/webjars/chart.js/4.4.9/dist/chart.umd.js";
    private static final List<Metric> PICTURES = List.of(
            Metric.REQUESTS_PER_SECOND,
            Metric.P99_MILLIS,
            Metric.CPU_MICROS_PER_REQUEST,
            Metric.RESIDENT_MIB,
            Metric.HEAP_MIB,
            Metric.THREADS);

    private HtmlReport() {}

    static String of(Report report) throws IOException {
        Map<String, String> parts = new LinkedHashMap<>();
        Settings settings = report.settings();
        parts.put("title", String.format(Locale.ROOT, "%,d busy connections", settings.connections()));
        parts.put("verdict", paragraphs(report.verdict()));
        parts.put("table", table(report));
        parts.put("ratios", ratios(report));
        parts.put("setting", setting(report));
        parts.put("commands", commands(report));
        parts.put("data", script(data(report)));
        parts.put("chartjs", resource(CHART_JS).replace("</script", "<\\/script"));
        return fill(resource(TEMPLATE), parts);
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

    private static String paragraphs(List<String> sentences) {
        return sentences.stream()
                .map(sentence -> "<p>" + escaped(sentence) + "</p>")
                .collect(Collectors.joining("\n"));
    }

    private static String table(Report report) {
        StringBuilder html = new StringBuilder("<table><thead><tr><th></th>");
        for (Metric metric : Metric.values()) {
            html.append("<th>").append(escaped(metric.label())).append("</th>");
        }
        html.append("</tr></thead><tbody>");
        report.summary().forEach((contender, figures) -> {
            html.append("<tr><th>").append(escaped(contender.label())).append("</th>");
            figures.forEach((metric, spread) -> html.append("<td>")
                    .append(metric.format(spread.median()))
                    .append("<small>")
                    .append(metric.formatRange(spread))
                    .append(metric == Metric.LOAD_CPU_PERCENT && report.isLimitedByLoad(contender) ? " limit" : "")
                    .append("</small></td>"));
            html.append("</tr>");
        });
        return html.append("</tbody></table>").toString();
    }

    private static String ratios(Report report) {
        StringBuilder html = new StringBuilder("<table><thead><tr><th>")
                .append(escaped(report.subject().label()))
                .append(" against</th>");
        Metric.COMPARED.forEach(
                metric -> html.append("<th>").append(escaped(metric.label())).append("</th>"));
        html.append("</tr></thead><tbody>");
        report.ratiosByRival().forEach((rival, ratios) -> {
            html.append("<tr><th>").append(escaped(rival.label())).append("</th>");
            for (Metric metric : Metric.COMPARED) {
                Ratio ratio = ratios.get(metric);
                html.append(
                                ratio == null
                                        ? "<td>n/a"
                                        : "<td class=\"" + ratio.outcome().name() + "\">" + ratio.text())
                        .append("</td>");
            }
            html.append("</tr>");
        });
        return html.append("</tbody></table>").toString();
    }

    private static String setting(Report report) {
        Settings settings = report.settings();
        Machine machine = report.machine();
        Map<String, String> rows = new LinkedHashMap<>();
        rows.put("when", report.started() + ", Weft " + report.weftVersion());
        rows.put("machine", machine.cpu() + ", " + machine.cores() + " cores, " + machine.kernel());
        rows.put("Java", machine.jvm() + " (" + machine.javaVersion() + ")");
        rows.put("cores", report.pinning());
        rows.put(
                "load",
                String.format(
                        Locale.ROOT,
                        "%,d connections, each with one %d-byte message under way; %d rounds in rotating order, %s s measured"
                                + " after %s s of warm-up; engine %s",
                        settings.connections(),
                        settings.messageBytes(),
                        settings.rounds(),
                        settings.windowSeconds(),
                        settings.warmUpSeconds(),
                        report.measurements().get(0).load().engine()));
        rows.put("command", String.join(" ", report.command()));
        return rows.entrySet().stream()
                .map(row -> "<dt>" + row.getKey() + "</dt><dd>" + escaped(row.getValue()) + "</dd>")
                .collect(Collectors.joining("\n"));
    }

    private static String commands(Report report) {
        return report.serverCommands().entrySet().stream()
                .map(entry -> "<dt>" + escaped(entry.getKey().label()) + "</dt><dd>"
                        + escaped(entry.getKey().explanation()) + "<code>java "
                        + escaped(String.join(" ", entry.getValue())) + "</code></dd>")
                .collect(Collectors.joining("\n"));
    }

    private static Map<String, Object> data(Report report) {
        Map<Contender, Map<Metric, Spread>> summary = report.summary();
        List<Object> charts = new ArrayList<>();
        for (Metric metric : PICTURES) {
            List<Spread> spreads =
                    summary.values().stream().map(row -> row.get(metric)).toList();
            charts.add(Map.of(
                    "label",
                    metric.label(),
                    "better",
                    metric.isMoreBetter() ? "more is better" : "less is better",
                    "values",
                    spreads,
                    "texts",
                    spreads.stream().map(s -> metric.format(s.median())).toList()));
        }
        List<String> labels = summary.keySet().stream().map(Contender::label).toList();
        return Map.of("contenders", labels, "charts", charts);
    }

    private static String script(Map<String, Object> data) throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(data).replace("</", "<\\/");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("not on the class path: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
