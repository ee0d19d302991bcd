package dev.weft.bench;

import dev.weft.bench.machine.DescriptorLimit;
import dev.weft.bench.machine.Machine;
import dev.weft.bench.machine.Pinning;
import dev.weft.bench.report.Page;
import dev.weft.bench.report.Results;
import dev.weft.bench.report.TerminalTable;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Conductor;
import dev.weft.bench.suite.Plan;
import dev.weft.bench.suite.RunStore;
import dev.weft.bench.suite.Scenario;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * One execution of a command that compares contenders. It detects what this machine offers, measures, and writes
 * a table, a JSON file and a page.
 *
 * @param title the title of the comparison
 * @param out the output directory
 * @param name the name of the files, without an extension
 */
record Session(String title, Path out, String name, PrintStream progress) {
    /** Executes the part of {@code wanted} that this machine supports. Runs saved by an earlier session of this name are kept. */
    Results carryOut(Plan wanted) throws IOException {
        String started = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        Pinning pinning = Pinning.detect();
        progress.println(pinning.description());
        Map<Contender, String> missing = new EnumMap<>(Contender.class);
        Plan plan = possible(wanted, missing);
        Map<Contender, String> versions = new EnumMap<>(Contender.class);
        plan.contenders().forEach(contender -> {
            versions.put(contender, contender.program().version());
            progress.println(contender.label() + ": " + contender.explanation() + " (" + versions.get(contender) + ")");
        });
        RunStore store = new RunStore(out.resolve(name + ".runs"), plan, terms(plan));
        new Conductor(plan, store, pinning, progress).conduct();
        Results results = new Results(
                        title,
                        started,
                        Contender.weftVersion(),
                        commandLine(),
                        Machine.current(),
                        pinning.description(),
                        plan.rounds(),
                        plan.warmUpSeconds(),
                        plan.windowSeconds(),
                        plan.serverFlags(),
                        plan.contenders().getFirst(),
                        versions,
                        missing,
                        List.of())
                .with(plan, store.runs());
        write(results);
        return results;
    }

    private Plan possible(Plan wanted, Map<Contender, String> missing) throws IOException {
        List<Contender> present = new ArrayList<>();
        for (Contender contender : wanted.contenders()) {
            contender
                    .program()
                    .missing()
                    .ifPresentOrElse(why -> missing.put(contender, why), () -> present.add(contender));
        }
        missing.forEach((contender, why) -> progress.println(contender.label() + " is left out: " + why));
        DescriptorLimit limit = DescriptorLimit.current();
        int most = wanted.scenarios().stream().mapToInt(Scenario::sockets).max().orElse(0);
        int possible = limit.connections(most);
        if (possible < most) {
            progress.println(limit.advice(most));
        }
        return new Plan(
                wanted.scenarios().stream()
                        .map(scenario -> scenario.within(possible))
                        .toList(),
                present,
                wanted.rounds(),
                wanted.warmUpSeconds(),
                wanted.windowSeconds(),
                wanted.serverFlags());
    }

    /** Returns one line with everything that must be equal for runs to be comparable. */
    private static String terms(Plan plan) {
        return "# warm-up " + plan.warmUpSeconds() + " s, window " + plan.windowSeconds() + " s, flags "
                + plan.serverFlags() + ", " + Contender.weftVersion() + ", Java " + Runtime.version();
    }

    private void write(Results results) throws IOException {
        Path json = out.resolve(name + ".json");
        Path page = out.resolve(name + ".html");
        results.writeTo(json);
        Files.writeString(page, Page.of(results), StandardCharsets.UTF_8);
        progress.print(TerminalTable.of(results));
        progress.println();
        progress.println("figures: " + json);
        progress.println("page:    " + page.toAbsolutePath().toUri());
    }

    private static String commandLine() {
        List<String> command = new ArrayList<>(List.of("java"));
        for (String argument : ProcessHandle.current().info().arguments().orElse(new String[0])) {
            command.add(argument.substring(argument.lastIndexOf('/') + 1)); // strip local directories
        }
        return String.join(" ", command);
    }
}
