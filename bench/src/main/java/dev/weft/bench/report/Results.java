package dev.weft.bench.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.machine.Machine;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Plan;
import dev.weft.bench.suite.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The results of a comparison. The JSON file is this record, with one line per contender and scenario. The individual runs
 * stay in the file of {@link dev.weft.bench.suite.RunStore}.
 *
 * @param command the command line of the benchmark
 * @param pinning the cores of the processes
 * @param subject the contender that is compared with the others
 * @param versions the versions of everything that was compared
 * @param missing contenders that are not available on this machine, with how to install them
 */
public record Results(
        String title,
        String started,
        String weftVersion,
        String command,
        Machine machine,
        String pinning,
        int rounds,
        double warmUpSeconds,
        double windowSeconds,
        List<String> serverFlags,
        Contender subject,
        Map<Contender, String> versions,
        Map<Contender, String> missing,
        List<ScenarioResults> scenarios) {
    private static final int MAX_INDENT_LEVEL = 4; // deeper levels stay on one line

    /** Returns these results with the summary of the {@code runs} of {@code plan}. */
    public Results with(Plan plan, Collection<Run> runs) {
        List<Run> inOrder = plan.contenders().stream()
                .flatMap(contender -> runs.stream().filter(run -> run.contender() == contender))
                .toList();
        List<ScenarioResults> summedUp = plan.scenarios().stream()
                .map(scenario -> ScenarioResults.of(scenario, inOrder, subject))
                .filter(scenario -> !scenario.contenders().isEmpty())
                .toList();
        return new Results(
                title,
                started,
                weftVersion,
                command,
                machine,
                pinning,
                rounds,
                warmUpSeconds,
                windowSeconds,
                serverFlags,
                subject,
                versions,
                missing,
                summedUp);
    }

    /** Returns all rivals of the subject, in the order of the plan. */
    List<Contender> rivals() {
        return scenarios.stream()
                .flatMap(scenario -> scenario.contenders().keySet().stream())
                .filter(contender -> contender != subject)
                .distinct()
                .sorted()
                .toList();
    }

    /** Returns caveats about the figures, as sentences. */
    List<String> doubts() {
        List<String> doubts = new ArrayList<>();
        long runs = measured().mapToLong(ScenarioResults.Measured::runs).sum();
        long disturbed =
                measured().mapToLong(ScenarioResults.Measured::disturbed).sum();
        if (disturbed > 0) {
            doubts.add(String.format(
                    Locale.ROOT,
                    "In %,d of %,d runs other programs, or the host of this virtual machine, took more than 5 %% of a"
                            + " core. Each ratio compares consecutive runs; mind the ranges.",
                    disturbed,
                    runs));
        }
        long limited = measured().mapToLong(ScenarioResults.Measured::limited).sum();
        if (limited > 0) {
            doubts.add(String.format(
                    Locale.ROOT,
                    "In %,d of %,d runs the load generator was the bottleneck, not the server. They are marked \"limit\":"
                            + " their requests/s are a lower bound; compare CPU per request instead.",
                    limited,
                    runs));
        }
        return doubts;
    }

    private Stream<ScenarioResults.Measured> measured() {
        return scenarios.stream().flatMap(scenario -> scenario.contenders().values().stream());
    }

    public void writeTo(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        DefaultIndenter indenter = new ShallowIndenter();
        printer.indentObjectsWith(indenter);
        printer.indentArraysWith(indenter);
        new ObjectMapper().writer(printer).writeValue(file.toFile(), this);
    }

    /** Reads a JSON file written by {@link #writeTo}. */
    public static Results read(Path file) throws IOException {
        return new ObjectMapper().readValue(file.toFile(), Results.class);
    }

    private static final class ShallowIndenter extends DefaultIndenter {
        private static final long serialVersionUID = 1;

        @Override
        public void writeIndentation(JsonGenerator json, int level) throws IOException {
            if (level <= MAX_INDENT_LEVEL) {
                super.writeIndentation(json, level);
            }
        }
    }
}
