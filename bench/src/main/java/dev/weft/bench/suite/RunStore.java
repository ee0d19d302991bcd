package dev.weft.bench.suite;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.rival.Contender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The runs that were made, a line of JSON each, written as they are made: a plan that is broken off goes on where it
 * stopped. A line that was cut off in its middle is as if it were not there. The first line says under which terms they
 * were made; runs of other terms are not mixed with them.
 */
public final class RunStore {
    private final Path file;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<Plan.Step, Run> known = new HashMap<>();
    private final List<Run> runs = new ArrayList<>();

    /**
     * Reads what {@code file} holds of {@code plan}; there may be no such file yet.
     *
     * @param terms what must be the same for runs to be comparable: the times, the flags, the versions
     */
    public RunStore(Path file, Plan plan, String terms) throws IOException {
        this.file = file;
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (!Files.exists(file)) {
            append(terms);
            return;
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        if (lines.isEmpty() || !lines.get(0).equals(terms)) {
            throw new BenchFailure(file + " holds runs made under other terms:\n  there: "
                    + (lines.isEmpty() ? "" : lines.get(0)) + "\n  now:   " + terms
                    + "\ndelete it, or say --out with another directory");
        }
        if (!Files.readString(file, StandardCharsets.UTF_8).endsWith("\n")) {
            append(""); // ends the line that was cut off
        }
        Map<String, Plan.Step> steps = new HashMap<>();
        plan.steps().forEach(step -> steps.put(key(step.scenario().id(), step.contender(), step.round()), step));
        lines.subList(1, lines.size()).forEach(line -> read(line, steps));
    }

    private void append(String line) throws IOException {
        Files.writeString(
                file, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static String key(String scenario, Contender contender, int round) {
        return scenario + "/" + contender + "/" + round;
    }

    private void read(String line, Map<String, Plan.Step> steps) {
        try {
            Run run = json.readValue(line, Run.class);
            Plan.Step step = steps.get(key(run.scenario(), run.contender(), run.round()));
            if (step != null) {
                keep(step, run);
            }
        } catch (IOException e) {
            // The program was ended while it wrote this line; the run is made again.
        }
    }

    private void keep(Plan.Step step, Run run) {
        if (known.put(step, run) == null) {
            runs.add(run);
        }
    }

    public Optional<Run> of(Plan.Step step) {
        return Optional.ofNullable(known.get(step));
    }

    public void add(Plan.Step step, Run run) {
        try {
            append(json.writeValueAsString(run));
        } catch (IOException e) {
            throw new BenchFailure("cannot write " + file + ": " + e.getMessage(), e);
        }
        keep(step, run);
    }

    /** All of the plan's runs that there are, in the order in which they were made. */
    public List<Run> runs() {
        return Collections.unmodifiableList(runs);
    }
}
