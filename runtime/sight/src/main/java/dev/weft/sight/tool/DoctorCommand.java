package dev.weft.sight.tool;

import dev.weft.Doctor;
import dev.weft.management.GroupOperations;
import dev.weft.observe.LintSnapshot;
import dev.weft.observe.LoopSnapshot;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Mixin;

/** What is wrong with a program, as far as it can be seen from outside. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description =
                "Checks the program's JVM, flags and machine, and what its loops do. Exits with 3 if something is wrong.")
final class DoctorCommand implements Callable<Integer> {
    @Mixin
    private final Target target = new Target();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        return target.forEachGroup(this::show);
    }

    private int show(Group group) {
        String findingsJson = group.ask(GroupOperations::doctor);
        String lintsJson = group.ask(GroupOperations::lints);
        List<Doctor.Finding> findings = Form.readList(Doctor.Finding.class, findingsJson);
        List<LintSnapshot> lints = Form.readList(LintSnapshot.class, lintsJson);
        List<LoopSnapshot> held = held(group);
        if (output.isJson()) {
            output.terminal().print("{\"findings\":" + findingsJson + ",\"lints\":" + lintsJson + "}");
        } else {
            output.terminal().print(group.toString());
            findings.forEach(this::print);
            held.forEach(this::print);
            lints.forEach(this::print);
        }
        boolean sound = held.isEmpty()
                && lints.isEmpty()
                && findings.stream().allMatch(finding -> style(finding.level()) == Style.reset);
        return sound ? 0 : Sight.TROUBLE;
    }

    private static List<LoopSnapshot> held(Group group) {
        return Form.readList(LoopSnapshot.class, group.ask(GroupOperations::loops)).stream()
                .filter(loop -> loop.heldNanos() > 0)
                .toList();
    }

    private void print(LoopSnapshot held) {
        print(
                "HELD",
                Style.fg_red,
                "loop " + held.name() + ": nothing else runs on it while it is held by " + LoopTable.running(held),
                "see where: weft dump --filter id:" + held.running() + " " + target.target());
    }

    private void print(Doctor.Finding finding) {
        print(finding.level().name(), style(finding.level()), finding.what(), finding.cure());
    }

    private void print(LintSnapshot lint) {
        print("LINT", Style.fg_yellow, lint.text(), lint.cure());
    }

    private void print(String label, Style style, String what, String cure) {
        output.terminal().print(String.format("%-8s %s", label, what), style);
        if (!cure.isEmpty()) {
            output.terminal().print(" ".repeat(9) + "-> " + cure);
        }
    }

    private static Style style(Doctor.Level level) {
        return switch (level) {
            case OK, NOTE -> Style.reset;
            case WARNING -> Style.fg_yellow;
            case FAULT -> Style.fg_red;
        };
    }
}
