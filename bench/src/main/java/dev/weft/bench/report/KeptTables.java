package dev.weft.bench.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Tables of Markdown from what the commands {@code pauses}, {@code startup} and {@code scale} have written. */
final class KeptTables {
    private static final Map<String, List<Column>> COLUMNS = new LinkedHashMap<>();

    static {
        COLUMNS.put(
                "pauses",
                List.of(
                        new Column("collector", one -> one.path("collector").asText()),
                        new Column("live MiB", one -> number(one, "liveMiB", "%,.0f")),
                        new Column("wake-ups/s", one -> number(one, "wakeUpsPerSecond", "%,.0f")),
                        new Column("pauses", one -> number(one, "pauses", "%,.0f")),
                        new Column("median ms", one -> number(one, "medianMillis", "%,.2f")),
                        new Column("longest ms", one -> number(one, "longestMillis", "%,.1f")),
                        new Column("paused %", one -> number(one, "pausedPercent", "%,.1f")),
                        new Column("longest gap ms", one -> number(one, "longestGapMillis", "%,.0f"))));
        COLUMNS.put(
                "startup",
                List.of(
                        new Column("in", one -> one.path("kind").asText().toLowerCase(Locale.ROOT)),
                        new Column(
                                "until a first",
                                one -> one.path("step").asText().toLowerCase(Locale.ROOT)),
                        new Column("cache", one -> one.path("setup").asText().equals("AOT") ? "AOT" : "-"),
                        new Column("ms from main", one -> spread(one.path("fromMainMillis"))),
                        new Column("ms from the process", one -> spread(one.path("fromProcessMillis")))));
        COLUMNS.put(
                "scale",
                List.of(
                        new Column("what rests", one -> one.path("one").asText()),
                        new Column("how many", one -> number(one, "count", "%,.0f")),
                        new Column("bytes each", one -> number(one, "bytesEach", "%,.0f")),
                        new Column("each of the first thousand", one -> number(one, "coldBytesEach", "%,.0f"))));
    }

    private KeptTables() {}

    private record Column(String title, Function<JsonNode, String> text) {}

    /** A table for each of these commands whose {@code <command>.json} is beside {@code kept}, by the command's name. */
    static Map<String, String> beside(Path kept) throws IOException {
        Map<String, String> tables = new LinkedHashMap<>();
        for (Map.Entry<String, List<Column>> each : COLUMNS.entrySet()) {
            Path file = kept.resolveSibling(each.getKey() + ".json");
            if (Files.exists(file)) {
                tables.put(each.getKey(), table(new ObjectMapper().readTree(file.toFile()), each.getValue()));
            }
        }
        return tables;
    }

    private static String table(JsonNode file, List<Column> columns) {
        StringBuilder text = new StringBuilder("|");
        columns.forEach(column -> text.append(' ').append(column.title()).append(" |"));
        text.append("\n|").append("---|".repeat(columns.size())).append('\n');
        for (JsonNode result : file.path("results")) {
            text.append('|');
            columns.forEach(column ->
                    text.append(' ').append(column.text().apply(result)).append(" |"));
            text.append('\n');
        }
        JsonNode machine = file.path("machine");
        return text.append('\n')
                .append(ReadmeFigures.setting(
                        machine.path("jvm").asText(),
                        machine.path("cores").asInt(),
                        file.path("started").asText()))
                .toString();
    }

    private static String number(JsonNode result, String name, String format) {
        return String.format(Locale.ROOT, format, result.path(name).asDouble());
    }

    private static String spread(JsonNode spread) {
        return number(spread, "median", "%.0f") + " (" + number(spread, "lowest", "%.0f") + "-"
                + number(spread, "highest", "%.0f") + ")";
    }
}
