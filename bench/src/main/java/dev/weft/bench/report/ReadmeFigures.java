package dev.weft.bench.report;

import dev.weft.bench.rival.Contender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Puts figures into a page of Markdown: what stands between {@code <!-- figures: NAME -->} and {@code <!-- end of figures -->}
 * is replaced by the part of that name. So no figure there is written by hand.
 */
public final class ReadmeFigures {
    private static final Pattern PLACE =
            Pattern.compile("(<!-- figures: ([a-z-]+) -->\n).*?(<!-- end of figures -->)", Pattern.DOTALL);

    private static final List<String> SCENARIOS = List.of(
            "echo-64-1000",
            "echo-64-9500",
            "echo-64-1000-at-80",
            "http-1000",
            "proxy-64-1000",
            "backend-1000",
            "backend-1000-on-both-cores",
            "backends-1000-on-both-cores");

    private static final List<Contender> RIVALS = List.of(
            Contender.VIRTUAL,
            Contender.THREADS,
            Contender.NETTY,
            Contender.VERTX,
            Contender.KOTLIN,
            Contender.GO,
            Contender.BARE,
            Contender.C_EPOLL);

    private static final String UNDECIDED = "; undecided, as the load generator was late itself";

    private final Map<String, String> parts = new LinkedHashMap<>();

    /** The parts that {@code results} give. */
    ReadmeFigures(Results results) {
        parts.put("verdict", verdict(results));
        parts.put("ratios", ratios(results));
    }

    /** The parts that a kept comparison gives, and the results of other commands that are kept beside it. */
    public static ReadmeFigures of(Path kept) throws IOException {
        ReadmeFigures figures = new ReadmeFigures(Results.read(kept));
        figures.parts.putAll(KeptTables.beside(kept));
        return figures;
    }

    /** {@code page} with the figures of these results. */
    public String in(String page) {
        Matcher place = PLACE.matcher(page);
        StringBuilder filled = new StringBuilder();
        while (place.find()) {
            String name = place.group(2);
            String part = parts.get(name);
            if (part == null) {
                throw new IllegalArgumentException(
                        "the page asks for figures \"" + name + "\"; there are " + parts.keySet());
            }
            place.appendReplacement(filled, Matcher.quoteReplacement(place.group(1) + part + place.group(3)));
        }
        return place.appendTail(filled).toString();
    }

    private static String verdict(Results results) {
        return results.verdict().stream().limit(3).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String ratios(Results results) {
        List<Contender> rivals = RIVALS.stream()
                .filter(rival -> results.comparisons().stream()
                        .anyMatch(comparison -> comparison.rivals().contains(rival)))
                .toList();
        StringBuilder text = new StringBuilder("| " + results.subject().label() + " against |");
        rivals.forEach(rival -> text.append(' ').append(rival.label()).append(" |"));
        text.append("\n|---|").append("---|".repeat(rivals.size())).append('\n');
        for (String id : SCENARIOS) {
            results.comparisons().stream()
                    .filter(comparison -> comparison.scenario().id().equals(id))
                    .findFirst()
                    .ifPresent(comparison -> rows(comparison, results.subject(), rivals, text));
        }
        return text.append("\nMedians of ")
                .append(results.plan().rounds())
                .append(" rounds' own ratios, with their range; ")
                .append(setting(results.machine().jvm(), results.machine().cores(), results.started()))
                .toString();
    }

    /** The line below a table. */
    static String setting(String jvm, int cores, String started) {
        return jvm + ", " + cores + " cores, " + started.substring(0, "2026-01-01".length()) + ".\n";
    }

    /** What decides, and beside throughput what it costs, which a host that takes the cores away for a while moves less. */
    private static void rows(Comparison comparison, Contender subject, List<Contender> rivals, StringBuilder text) {
        Metric decisive = comparison.decisive();
        row(comparison, decisive, comparison.isUndecided(subject) ? UNDECIDED : "", rivals, text);
        if (decisive == Metric.REQUESTS_PER_SECOND) {
            row(comparison, Metric.CPU_MICROS_PER_REQUEST, "", rivals, text);
        }
    }

    private static void row(
            Comparison comparison, Metric metric, String remark, List<Contender> rivals, StringBuilder text) {
        text.append("| ")
                .append(comparison.scenario().title())
                .append(": ")
                .append(metric.words())
                .append(metric.isMoreBetter() ? "" : " (less is better)")
                .append(remark)
                .append(" |");
        for (Contender rival : rivals) {
            Optional<Ratio> ratio = comparison.ratio(rival, metric);
            text.append(' ').append(ratio.map(Ratio::text).orElse("-")).append(" |");
        }
        text.append('\n');
    }
}
