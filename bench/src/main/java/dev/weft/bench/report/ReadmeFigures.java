package dev.weft.bench.report;

import dev.weft.bench.machine.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Inserts figures into Markdown: the text between {@code <!-- figures: NAME -->} and {@code <!-- end of figures -->}
 * is replaced by the part of that name. No figure there is written by hand.
 */
public final class ReadmeFigures {
    private static final Pattern PLACE =
            Pattern.compile("(<!-- figures: ([a-z-]+) -->\n).*?(<!-- end of figures -->)", Pattern.DOTALL);

    private final Map<String, String> parts = new LinkedHashMap<>();

    /** Creates the parts from {@code results}. */
    ReadmeFigures(Results results) {
        Matrix throughput = new Matrix(results, Metric.REQUESTS_PER_SECOND);
        Machine machine = results.machine();
        String setting = String.format(
                Locale.ROOT,
                "Each cell is the median of %d per-round ratios, with the range in brackets. %s, %d cores, %s, %s.",
                results.rounds(),
                machine.cpu(),
                machine.cores(),
                machine.jvm(),
                results.started().substring(0, "2026-01-01".length()));
        parts.put("matrix", "\n" + throughput.markdown() + "\n" + throughput.losses() + "\n\n" + setting + "\n");
        parts.put("cpu", "\n" + new Matrix(results, Metric.CPU_MICROS_PER_REQUEST).markdown() + "\n");
    }

    /** Creates the parts from a saved comparison. */
    public static ReadmeFigures of(Path saved) throws IOException {
        return new ReadmeFigures(Results.read(saved));
    }

    /** Returns {@code page} with the figures of these results. */
    public String in(String page) {
        Matcher place = PLACE.matcher(page);
        StringBuilder filled = new StringBuilder();
        while (place.find()) {
            String name = place.group(2);
            String part = parts.get(name);
            if (part == null) {
                throw new IllegalArgumentException(
                        "unknown figures \"" + name + "\" in the page; known are " + parts.keySet());
            }
            place.appendReplacement(filled, Matcher.quoteReplacement(place.group(1) + part + place.group(3)));
        }
        return place.appendTail(filled).toString();
    }
}
