package dev.weft.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.weft.bench.machine.Machine;
import dev.weft.bench.report.Spread;
import dev.weft.bench.report.TerminalTable;
import dev.weft.bench.rival.Contender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What comes out of the {@code jdbc} command.
 *
 * @param commands how each contender's client was started
 * @param runs every run, in the order in which they were made
 */
record JdbcReport(String started, Machine machine, Map<Contender, List<String>> commands, List<Run> runs) {
    /** One run: one contender in one round, from 1. */
    record Run(Contender contender, int round, JdbcFigures figures) {}

    /** The first against each of the others, a ratio a round. */
    @JsonProperty
    Map<Contender, Map<JdbcFigures.Column, Spread>> ratios() {
        Map<Contender, Map<JdbcFigures.Column, Spread>> ratios = new EnumMap<>(Contender.class);
        Contender subject = subject();
        List<JdbcFigures> own = figuresOf(subject);
        for (Contender rival : commands.keySet()) {
            if (rival != subject) {
                ratios.put(rival, ratios(own, figuresOf(rival)));
            }
        }
        return ratios;
    }

    private Contender subject() {
        return commands.keySet().iterator().next();
    }

    private static Map<JdbcFigures.Column, Spread> ratios(List<JdbcFigures> own, List<JdbcFigures> theirs) {
        Map<JdbcFigures.Column, Spread> row = new EnumMap<>(JdbcFigures.Column.class);
        for (JdbcFigures.Column column : JdbcFigures.Column.values()) {
            double[] rounds = new double[own.size()];
            for (int i = 0; i < rounds.length; i++) {
                rounds[i] = column.of(own.get(i)) / column.of(theirs.get(i));
            }
            row.put(column, Spread.of(rounds));
        }
        return row;
    }

    private List<JdbcFigures> figuresOf(Contender contender) {
        return runs.stream()
                .filter(run -> run.contender() == contender)
                .map(Run::figures)
                .toList();
    }

    /** For the terminal. */
    String text() {
        List<List<String>> rows = new ArrayList<>();
        List<String> header = new ArrayList<>(List.of("median (range)"));
        for (JdbcFigures.Column column : JdbcFigures.Column.values()) {
            header.add(column.label());
        }
        rows.add(header);
        for (Contender contender : commands.keySet()) {
            List<String> row = new ArrayList<>(List.of(contender.label()));
            for (JdbcFigures.Column column : JdbcFigures.Column.values()) {
                row.add(column.text(Spread.of(figuresOf(contender), column::of)));
            }
            rows.add(row);
        }
        ratios().forEach((rival, ratios) -> {
            List<String> row = new ArrayList<>(List.of(subject().label() + " / " + rival.label()));
            ratios.values()
                    .forEach(ratio -> row.add(String.format(
                            Locale.ROOT, "%.2f (%.2f-%.2f)", ratio.median(), ratio.lowest(), ratio.highest())));
            rows.add(row);
        });
        StringBuilder text = new StringBuilder(System.lineSeparator());
        TerminalTable.grid(rows, text);
        return text.toString();
    }

    void writeJson(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    }
}
