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
 * Puts figures into a page of Markdown: what stands between {@code <!-- figures: NAME -->} and {@code <!-- end of figures -->}
 * is replaced by the part of that name. No figure there is written by hand.
 */
public final class ReadmeFigures {
    private static final Pattern PLACE =
            Pattern.compile("(<!-- figures: ([a-z-]+) -->\n).*?(<!-- end of figures -->)", Pattern.DOTALL);

    private final Map<String, String> parts = new LinkedHashMap<>();

    /** The parts that {@code results} give. */
    ReadmeFigures(Results results) {
        Matrix throughput = new Matrix(results, Metric.REQUESTS_PER_SECOND);
        Machine machine = results.machine();
        String setting = String.format(
                Locale.ROOT,
                "Medians of %d rounds' own ratios, and their range; %s, %d cores, %s, %s.",
                results.rounds(),
                machine.cpu(),
                machine.cores(),
                machine.jvm(),
                results.started().substring(0, "2026-01-01".length()));
        parts.put("matrix", "\n" + throughput.markdown() + "\n" + throughput.losses() + "\n\n" + setting + "\n");
        parts.put("cpu", "\n" + new Matrix(results, Metric.CPU_MICROS_PER_REQUEST).markdown() + "\n");
    }

    /** The parts that a kept comparison gives. */
    public static ReadmeFigures of(Path kept) throws IOException {
        return new ReadmeFigures(Results.read(kept));
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
}
