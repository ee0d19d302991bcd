package dev.weft.sight.tool;

import dev.weft.observe.VerdictSnapshot;
import java.util.List;
import picocli.CommandLine.Help.Ansi.Style;

/** Verdicts as people read them. */
final class VerdictText {
    private VerdictText() {}

    static void print(Terminal terminal, List<VerdictSnapshot> verdicts) {
        for (VerdictSnapshot verdict : verdicts) {
            List<String> lines = verdict.text().lines().toList();
            terminal.print("");
            terminal.print(age(verdict) + lines.get(0), Style.fg_red);
            lines.stream().skip(1).forEach(terminal::print);
        }
    }

    private static String age(VerdictSnapshot verdict) {
        return verdict.sinceNanos() == 0 ? "" : "found " + Text.duration(verdict.sinceNanos()) + " ago: ";
    }
}
