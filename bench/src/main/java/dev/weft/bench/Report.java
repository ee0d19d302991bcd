package dev.weft.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * All that a comparison gave; the JSON file is this record.
 *
 * @param command how it was started
 * @param pinning which cores the two processes had
 * @param serverCommands the command line of each contender's server
 * @param measurements every run, in the order in which they were made
 */
record Report(
        String started,
        String weftVersion,
        List<String> command,
        Settings settings,
        Machine machine,
        String pinning,
        Map<Contender, List<String>> serverCommands,
        List<Measurement> measurements) {

    /** The runs of one contender. */
    List<Measurement> runsOf(Contender contender) {
        return measurements.stream().filter(run -> run.contender() == contender).toList();
    }

    /** Median and range of every metric, for each contender. */
    @JsonProperty
    Map<Contender, Map<Metric, Spread>> summary() {
        Map<Contender, Map<Metric, Spread>> summary = new EnumMap<>(Contender.class);
        for (Contender contender : settings.contenders()) {
            Map<Metric, Spread> row = new EnumMap<>(Metric.class);
            for (Metric metric : Metric.values()) {
                row.put(metric, Spread.of(runsOf(contender), metric::of));
            }
            summary.put(contender, row);
        }
        return summary;
    }

    /** Who is compared with the others: the one that was named first. */
    @JsonProperty
    Contender subject() {
        return settings.contenders().get(0);
    }

    /** The first against each of the others, a ratio a round. */
    @JsonProperty
    List<Ratio> ratios() {
        List<Measurement> own = runsOf(subject());
        List<Ratio> ratios = new ArrayList<>();
        for (Contender rival : settings.contenders()) {
            if (rival == subject()) {
                continue;
            }
            for (Metric metric : Metric.COMPARED) {
                ratio(own, rival, metric, ratios);
            }
        }
        return ratios;
    }

    /** The same, to be looked up. */
    Map<Contender, Map<Metric, Ratio>> ratiosByRival() {
        Map<Contender, Map<Metric, Ratio>> byRival = new EnumMap<>(Contender.class);
        for (Ratio ratio : ratios()) {
            byRival.computeIfAbsent(ratio.rival(), rival -> new EnumMap<>(Metric.class))
                    .put(ratio.metric(), ratio);
        }
        return byRival;
    }

    private void ratio(List<Measurement> own, Contender rival, Metric metric, List<Ratio> into) {
        List<Measurement> other = runsOf(rival);
        double[] byRound = new double[own.size()];
        for (int i = 0; i < byRound.length; i++) {
            byRound[i] = metric.of(own.get(i)) / metric.of(other.get(i));
        }
        if (Double.isFinite(byRound[0])) { // else the system does not tell this one
            into.add(new Ratio(rival, metric, Spread.of(byRound)));
        }
    }

    /** In how many of its runs not the contender was at its limit but the load generator. */
    @JsonProperty
    Map<Contender, Long> runsLimitedByLoad() {
        Map<Contender, Long> runs = new EnumMap<>(Contender.class);
        for (Contender contender : settings.contenders()) {
            runs.put(
                    contender,
                    runsOf(contender).stream()
                            .filter(run -> run.load().isLimitedByLoad())
                            .count());
        }
        return runs;
    }

    /** Whether that happened at all. */
    boolean isLimitedByLoad(Contender contender) {
        return runsLimitedByLoad().getOrDefault(contender, 0L) > 0;
    }

    /** Where the first wins, ties and loses, in words. */
    @JsonProperty
    List<String> verdict() {
        return Verdict.of(this);
    }

    void writeJson(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), this);
    }
}
