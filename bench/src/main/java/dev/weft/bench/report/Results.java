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
 * What a comparison gave; the JSON file is this record, a line a contender and scenario. The single runs stay in the file of
 * {@link dev.weft.bench.suite.RunStore}.
 *
 * @param command how it was started
 * @param pinning which cores the processes had
 * @param subject the contender that is compared with the others
 * @param versions of everything that was compared
 * @param missing contenders that this machine does not have, and how to get them
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
    private static final int NESTED = 4; // what lies deeper stays on its line

    /** The same with what {@code runs} of {@code plan} come to. */
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

    /** All rivals of the subject, in the order of the plan. */
    List<Contender> rivals() {
        return scenarios.stream()
                .flatMap(scenario -> scenario.contenders().keySet().stream())
                .filter(contender -> contender != subject)
                .distinct()
                .sorted()
                .toList();
    }

    /** What puts the figures in doubt, in sentences. */
    List<String> doubts() {
        List<String> doubts = new ArrayList<>();
        long runs = measured().mapToLong(ScenarioResults.Measured::runs).sum();
        long disturbed =
                measured().mapToLong(ScenarioResults.Measured::disturbed).sum();
        if (disturbed > 0) {
            doubts.add(String.format(
                    Locale.ROOT,
                    "In %,d of %,d runs other programs, or the host of this virtual machine, took more than 5 %% of a"
                            + " core. Ratios are of runs that followed each other; take the ranges seriously.",
                    disturbed,
                    runs));
        }
        long limited = measured().mapToLong(ScenarioResults.Measured::limited).sum();
        if (limited > 0) {
            doubts.add(String.format(
                    Locale.ROOT,
                    "In %,d of %,d runs the load generator was the bottleneck, not the server. They are marked \"limit\":"
                            + " there requests/s are a lower bound, and CPU per request is the figure to compare.",
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

    /** Reads a JSON file that was written by {@link #writeTo}. */
    public static Results read(Path file) throws IOException {
        return new ObjectMapper().readValue(file.toFile(), Results.class);
    }

    private static final class ShallowIndenter extends DefaultIndenter {
        private static final long serialVersionUID = 1;

        @Override
        public void writeIndentation(JsonGenerator json, int level) throws IOException {
            if (level <= NESTED) {
                super.writeIndentation(json, level);
            }
        }
    }
}
