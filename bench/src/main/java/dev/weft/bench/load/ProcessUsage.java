package dev.weft.bench.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What a process has used: from {@code /proc}; where there is none, the CPU time alone, and zero for the rest.
 *
 * @param cpuNanos user and system time of all its threads, in steps of 10 ms
 * @param residentBytes memory of it that is in RAM
 * @param threads operating-system threads
 */
public record ProcessUsage(long cpuNanos, long residentBytes, long threads) {
    private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on every Linux that Java runs on
    private static final int USER_TIME = 11; // its place behind the command's name
    private static final int SYSTEM_TIME = 12;

    /** The usage of process {@code pid} up to now. */
    public static ProcessUsage of(long pid) throws IOException {
        Path proc = Path.of("/proc", Long.toString(pid));
        if (Files.isDirectory(proc)) {
            return parse(Files.readString(proc.resolve("stat")), Files.readString(proc.resolve("status")));
        }
        Duration cpu = ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElseThrow(() -> new IOException("process " + pid + " is gone, or this system hides its CPU time"));
        return new ProcessUsage(cpu.toNanos(), 0, 0);
    }

    /** How often threads of {@code pid} that still run have been switched from, up to now; -1 where the system does not tell. */
    static long contextSwitches(long pid) throws IOException {
        Path tasks = Path.of("/proc", Long.toString(pid), "task");
        if (!Files.isDirectory(tasks)) {
            return -1;
        }
        long switches = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                switches += contextSwitches(thread.resolve("status"));
            }
        }
        return switches;
    }

    private static long contextSwitches(Path status) {
        try {
            return parseContextSwitches(Files.readString(status));
        } catch (IOException e) {
            return 0; // the thread has ended in the meantime
        }
    }

    static long parseContextSwitches(String status) {
        return field(status, "voluntary_ctxt_switches:") + field(status, "nonvoluntary_ctxt_switches:");
    }

    static ProcessUsage parse(String stat, String status) {
        return new ProcessUsage(parseCpuNanos(stat), field(status, "VmRSS:") * 1024, field(status, "Threads:"));
    }

    /** The CPU time in the text of {@code /proc/<pid>/stat}. */
    static long parseCpuNanos(String stat) {
        String[] fields = afterName(stat);
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * NANOS_PER_TICK;
    }

    /** The fields of that text behind the command's name, which may hold spaces. */
    static String[] afterName(String stat) {
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    }

    private static long field(String status, String name) {
        return status.lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(
                        line.substring(name.length()).replace("kB", "").strip()))
                .findFirst()
                .orElse(0);
    }
}
