package dev.weft.doctor;

import dev.weft.Doctor.Finding;
import dev.weft.Doctor.Level;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Checks the cores and file descriptors that are available to the JVM. */
public final class MachineCheck {
    private static final long ENOUGH_DESCRIPTORS = 10_240;

    private MachineCheck() {}

    /** Returns the findings. */
    public static List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(cores(
                Runtime.getRuntime().availableProcessors(),
                CpuLimit.read(Path.of("/")).cores()));
        findings.add(descriptors(Path.of("/proc/self")));
        return findings;
    }

    /** Checks the number of cores {@code seen} by the JVM and the control group's {@code limit}, which may be infinite. */
    static Finding cores(int seen, double limit) {
        String what = "cores: the JVM sees " + seen
                + (Double.isInfinite(limit) ? "" : String.format(Locale.ROOT, ", of a limit of %.2f CPUs", limit));
        if (limit < 1) {
            return new Finding(
                    Level.WARNING, what + ": loops are throttled when it is used up", "allow at least one CPU");
        }
        if (limit < seen) {
            return new Finding(
                    Level.NOTE,
                    what + ": loops are throttled when it is used up",
                    "open no more loops than whole CPUs, or set the limit to a whole number");
        }
        return seen == 1
                ? new Finding(
                        Level.NOTE,
                        what + ", shared by loop, garbage collector and compilers",
                        "use at least two cores")
                : new Finding(Level.OK, what, "");
    }

    /** Checks the file descriptors of the process whose {@code /proc} directory is {@code process}. */
    static Finding descriptors(Path process) {
        try (Stream<String> limits = Files.lines(process.resolve("limits"));
                Stream<Path> open = Files.list(process.resolve("fd"))) {
            String soft = limits.filter(line -> line.startsWith("Max open files"))
                    .map(line ->
                            line.substring("Max open files".length()).strip().split(" ", 2)[0])
                    .findFirst()
                    .orElseThrow(() -> new IOException("no line on open files"));
            long used = open.count() - 1; // one is for listing the directory
            return descriptors(soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft), used);
        } catch (IOException e) {
            return new Finding(
                    Level.NOTE,
                    "file descriptors: unknown on this system",
                    "each socket needs one: make sure that the limit exceeds the number of connections");
        }
    }

    private static Finding descriptors(long limit, long used) {
        String what = String.format(
                Locale.ROOT,
                "file descriptors: %,d in use, %s",
                used,
                limit == Long.MAX_VALUE ? "no limit" : String.format(Locale.ROOT, "limit %,d", limit));
        return limit >= ENOUGH_DESCRIPTORS
                ? new Finding(Level.OK, what, "")
                : new Finding(
                        Level.WARNING,
                        what + ", and each connection needs one",
                        "ulimit -n 65536; for systemd LimitNOFILE=65536; for Docker --ulimit nofile=65536");
    }
}
