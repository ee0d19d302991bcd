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
 * A file of completed runs, one line of JSON each. Runs are written as they complete, so that an interrupted plan can resume.
 * A truncated line is ignored. The first line records the terms of the runs; runs made under different terms are never
 * mixed.
 */
public final class RunStore {
    private final Path file;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<Plan.Step, Run> known = new HashMap<>();
    private final List<Run> runs = new ArrayList<>();

    /**
     * Reads the runs of {@code plan} from {@code file}, or creates the file.
     *
     * @param terms what must be equal for runs to be comparable: times, flags, versions
     * @throws BenchFailure if the file holds runs made under different terms
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
            throw new BenchFailure(file + " holds runs made under different terms:\n  file: "
                    + (lines.isEmpty() ? "" : lines.get(0)) + "\n  now:  " + terms
                    + "\nDelete the file, or choose another directory with --out.");
        }
        if (!Files.readString(file, StandardCharsets.UTF_8).endsWith("\n")) {
            append(""); // terminates a truncated line
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
            // The process was killed while it wrote this line; the run is repeated.
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

    /** Returns the plan's completed runs, in the order in which they were made. */
    public List<Run> runs() {
        return Collections.unmodifiableList(runs);
    }
}
