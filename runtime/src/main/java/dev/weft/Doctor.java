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
 * A command-line check of whether Weft can run in this JVM, of known defects, and of settings that could be improved, each
 * with its remedy. It needs no flag, no other library and no loop. Run it as the program is run, with the same JDK, flags,
 * class path and limits:
 *
 * <pre>
 * java --add-opens java.base/java.lang=ALL-UNNAMED -cp ... dev.weft.Doctor
 * </pre>
 *
 * <p>It exits with status 1 if there is a {@linkplain Level#FAULT fault}, and with 0 otherwise. Called in a running program,
 * {@link #examine} also sees what the program has installed, but not agents that were attached after start-up.
 */
public final class Doctor {
    /** The severity of a finding. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Works, but may surprise or could be faster. */
        NOTE,
        /** May fail or hang under load. */
        WARNING,
        /** Weft cannot run. */
        FAULT
    }

    /**
     * The result of one check.
     *
     * @param what one line that names what was checked and describes its state
     * @param cure the remedy, in one line; empty if none is needed
     */
    public record Finding(Level level, String what, String cure) {
        /** Creates a finding; no argument may be null. */
        public Finding {
            Objects.requireNonNull(level, "level");
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(cure, "cure");
        }
    }

    private Doctor() {}

    /**
     * Runs all checks. Changes nothing and never throws. Any thread. Reads a few files of {@code /proc} and takes some
     * milliseconds.
     *
     * @return the findings, always in the same order, which is not by level; immutable
     */
    public static List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        check(findings, "the JVM", JvmCheck::findings);
        check(findings, "flags", FlagCheck::findings);
        check(findings, "sockets and names", NetworkCheck::findings);
        check(findings, "the machine", MachineCheck::findings);
        return List.copyOf(findings);
    }

    /** Runs one group of checks; if it fails, the others still run. */
    private static void check(List<Finding> findings, String subject, Supplier<List<Finding>> check) {
        try {
            findings.addAll(check.get());
        } catch (RuntimeException | LinkageError e) {
            findings.add(new Finding(Level.NOTE, subject + ": could not be checked: " + e, ""));
        }
    }

    /** Prints the findings and exits with status 1 if there is a fault. Takes no arguments. */
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
