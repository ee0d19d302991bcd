package dev.weft;

import dev.weft.doctor.FlagCheck;
import dev.weft.doctor.JvmCheck;
import dev.weft.doctor.MachineCheck;
import dev.weft.doctor.NetworkCheck;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says whether Weft can run in this JVM, what is known to be broken in it, and what would be better otherwise, each with its
 * cure. It needs no flag, no other library and no loop. Run it as the program is run, with the same JDK, flags, class path
 * and limits:
 *
 * <pre>
 * java --add-opens java.base/java.lang=ALL-UNNAMED -cp ... dev.weft.Doctor
 * </pre>
 *
 * <p>It exits with status 1 if there is a {@linkplain Level#FAULT fault}, and with 0 otherwise. In a program that runs
 * already, {@link #examine} sees moreover what that has installed; agents that were attached later it does not see.
 */
public final class Doctor {
    /** How bad a finding is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Works, and may surprise, or could be faster. */
        NOTE,
        /** May fail or hang under load. */
        WARNING,
        /** Weft does not run. */
        FAULT
    }

    /**
     * One thing that was looked at.
     *
     * @param what one line that names the thing and says how it is
     * @param cure what to do about it, in one line; empty if nothing
     */
    public record Finding(Level level, String what, String cure) {
        /** None of them is null. */
        public Finding {
            Objects.requireNonNull(level, "level");
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(cure, "cure");
        }
    }

    private Doctor() {}

    /**
     * Looks at everything, changes nothing, and never throws. Any thread; it reads a few files of {@code /proc}, and takes some
     * milliseconds.
     *
     * @return the findings, always in the same order, which is not that of their levels; immutable
     */
    public static List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        look(findings, "the JVM", JvmCheck::findings);
        look(findings, "flags", FlagCheck::findings);
        look(findings, "sockets and names", NetworkCheck::findings);
        look(findings, "the machine", MachineCheck::findings);
        return List.copyOf(findings);
    }

    /** What one check says; what it cannot find out is no reason to say nothing of the rest. */
    private static void look(List<Finding> findings, String at, Supplier<List<Finding>> check) {
        try {
            findings.addAll(check.get());
        } catch (RuntimeException | LinkageError e) {
            findings.add(new Finding(Level.NOTE, at + ": could not be looked at: " + e, ""));
        }
    }

    /** Prints the findings; exits with status 1 if there is a fault. Takes no arguments. */
    public static void main(String[] args) {
        List<Finding> findings = examine();
        print(findings, System.out);
        if (count(findings, Level.FAULT) > 0) {
            System.exit(1);
        }
    }

    private static void print(List<Finding> findings, PrintStream out) {
        for (Finding finding : findings) {
            out.printf("%-8s %s%n", label(finding.level()), finding.what());
            if (!finding.cure().isEmpty()) {
                out.printf("%-8s -> %s%n", "", finding.cure());
            }
        }
        out.println();
        out.println(
                (count(findings, Level.FAULT) > 0 ? "Weft cannot run here" : "Weft can run here") + summary(findings));
    }

    private static String label(Level level) {
        return switch (level) {
            case OK -> "ok";
            case NOTE -> "note";
            case WARNING -> "WARNING";
            case FAULT -> "FAULT";
        };
    }

    private static String summary(List<Finding> findings) {
        String counts = Stream.of(Level.FAULT, Level.WARNING, Level.NOTE)
                .filter(level -> count(findings, level) > 0)
                .map(level -> count(findings, level) + " " + label(level).toLowerCase(Locale.ROOT)
                        + (count(findings, level) == 1 ? "" : "s"))
                .collect(Collectors.joining(", "));
        return counts.isEmpty() ? "." : ": " + counts + ".";
    }

    private static long count(List<Finding> findings, Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
