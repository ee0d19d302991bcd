package dev.weft.bench.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.weft.bench.machine.Machine;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Plan;
import dev.weft.bench.suite.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All that a plan gave; the JSON file is this record.
 *
 * @param title what was asked for
 * @param command how it was started
 * @param pinning which cores the processes had
 * @param versions of everything that was compared
 * @param missing contenders that this machine does not have, and how to get them
 * @param runs every run, in the order in which they were made
 */
public record Results(
        String title,
        String started,
        String weftVersion,
        List<String> command,
        Machine machine,
        String pinning,
        Plan plan,
        Map<Contender, String> versions,
        Map<Contender, String> missing,
        List<Run> runs) {

    /** Who is compared with the others: the one that was named first. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public Contender subject() {
        return plan.contenders().get(0);
    }

    /** A comparison for each scenario of which there is a run, in the order of the plan. */
    List<Comparison> comparisons() {
        return plan.scenarios().stream()
                .map(scenario -> new Comparison(this, scenario))
                .filter(comparison -> !comparison.contenders().isEmpty())
                .toList();
    }

    /** Median and range of what is known of each contender, by scenario. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public Map<String, Map<Contender, Map<Metric, Spread>>> summary() {
        Map<String, Map<Contender, Map<Metric, Spread>>> summary = new java.util.LinkedHashMap<>();
        for (Comparison comparison : comparisons()) {
            Map<Contender, Map<Metric, Spread>> rows = new EnumMap<>(Contender.class);
            comparison.contenders().forEach(contender -> rows.put(contender, comparison.figures(contender)));
            summary.put(comparison.scenario().id(), rows);
        }
        return summary;
    }

    /** The subject against each rival, by scenario. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public Map<String, List<Ratio>> ratios() {
        Map<String, List<Ratio>> ratios = new java.util.LinkedHashMap<>();
        comparisons().forEach(comparison -> ratios.put(comparison.scenario().id(), comparison.ratios()));
        return ratios;
    }

    /** Where the subject wins, ties and loses, in words. */
    @JsonProperty(access = JsonProperty.Access.READ_ONLY)
    public List<String> verdict() {
        return Verdict.of(this);
    }

    /** Writes the JSON file. */
    public void writeTo(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    }

    /** Reads a JSON file that was written by {@link #writeTo}. */
    public static Results read(Path file) throws IOException {
        return new ObjectMapper()
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .readValue(file.toFile(), Results.class);
    }
}
