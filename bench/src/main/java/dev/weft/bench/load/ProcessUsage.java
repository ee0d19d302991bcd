package dev.weft.bench.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * The resource usage of a process, from {@code /proc}.
 *
 * @param cpuNanos user and system time of all threads, with a resolution of 10 ms
 * @param residentBytes resident memory
 */
public record ProcessUsage(long cpuNanos, long residentBytes) {
    private static final Path PROC = Path.of("/proc");
    private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on every Linux that Java runs on
    // Field indices after the command's name in /proc/<pid>/stat.
    private static final int PARENT = 1;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;
    private static final String KTHREADD = "2"; // the parent of all kernel threads
    // Fields of the "cpu" line: user, nice, system, irq, softirq, steal. Without idle (4) and iowait (5).
    private static final int[] BUSY = {1, 2, 3, 6, 7, 8};

    /** Returns the usage of {@code pid} so far. */
    public static ProcessUsage of(long pid) throws IOException {
        Path process = PROC.resolve(Long.toString(pid));
        return parse(Files.readString(process.resolve("stat")), Files.readString(process.resolve("status")));
    }

    /** Returns the number of context switches of all live threads of {@code pid}. */
    static long contextSwitches(long pid) throws IOException {
        return sum(PROC.resolve(Long.toString(pid)).resolve("task"), "status", ProcessUsage::parseContextSwitches);
    }

    /**
     * Returns the CPU time of all programs on the machine, plus the time taken by the host of a virtual machine. Kernel threads
     * are excluded, because under this load they process packets for the server and the load generator.
     */
    static long machineCpuNanos() throws IOException {
        return parseMachine(Files.readString(PROC.resolve("stat")))
                - sum(PROC, "stat", text -> isKernelThread(text) ? parseCpuNanos(text) : 0);
    }

    /** Returns the CPU time since {@code before}, with the current memory. */
    ProcessUsage since(ProcessUsage before) {
        return new ProcessUsage(cpuNanos - before.cpuNanos, residentBytes);
    }

    /** Sums {@code count} over the files called {@code name} of all processes or threads in {@code directory}. */
    private static long sum(Path directory, String name, ToLongFunction<String> count) throws IOException {
        long sum = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(directory, "[0-9]*")) {
            for (Path one : all) {
                try {
                    sum += count.applyAsLong(Files.readString(one.resolve(name)));
                } catch (IOException e) {
                    // The process or thread has ended.
                }
            }
        }
        return sum;
    }

    static ProcessUsage parse(String stat, String status) {
        return new ProcessUsage(parseCpuNanos(stat), field(status, "VmRSS:") * 1024);
    }

    static long parseContextSwitches(String status) {
        return field(status, "voluntary_ctxt_switches:") + field(status, "nonvoluntary_ctxt_switches:");
    }

    static long parseMachine(String stat) {
        String[] ticks = stat.lines().findFirst().orElse("").split(" +", -1);
        return IntStream.of(BUSY)
                        .mapToLong(index -> Long.parseLong(ticks[index]))
                        .sum()
                * NANOS_PER_TICK;
    }

    static boolean isKernelThread(String stat) {
        return afterName(stat)[PARENT].equals(KTHREADD);
    }

    private static long parseCpuNanos(String stat) {
        String[] fields = afterName(stat);
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) * NANOS_PER_TICK;
    }

    /** Returns the fields after the command's name, which may contain spaces. */
    private static String[] afterName(String stat) {
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
