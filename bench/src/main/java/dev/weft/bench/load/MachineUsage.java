package dev.weft.bench.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * CPU time that all programs of the machine together have used, and that the host of a virtual machine took from it, so that
 * a run that others disturbed can be told. The kernel's own threads are left out: under this load they pass on packets for
 * the server and the load generator.
 */
final class MachineUsage {
    private static final Path PROC = Path.of("/proc");
    private static final long NANOS_PER_TICK = 10_000_000;
    private static final String KERNEL = "2"; // kthreadd, the parent of all its threads

    // user, nice, system, irq, softirq, steal: behind the word "cpu"; idle (4) and iowait (5) are not work.
    private static final int[] BUSY = {1, 2, 3, 6, 7, 8};

    private MachineUsage() {}

    /** The sum over all cores up to now; 0 where the system does not tell. */
    static long cpuNanos() throws IOException {
        Path stat = PROC.resolve("stat");
        return Files.isReadable(stat) ? parse(Files.readString(stat)) - kernelThreadsNanos() : 0;
    }

    static long parse(String stat) {
        String[] ticks = stat.lines().findFirst().orElse("").split(" +", -1);
        return IntStream.of(BUSY)
                        .mapToLong(index -> Long.parseLong(ticks[index]))
                        .sum()
                * NANOS_PER_TICK;
    }

    private static long kernelThreadsNanos() throws IOException {
        long nanos = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                nanos += kernelThreadNanos(process.resolve("stat"));
            }
        }
        return nanos;
    }

    private static long kernelThreadNanos(Path file) {
        try {
            String stat = Files.readString(file);
            return isKernelThread(stat) ? ProcessUsage.parseCpuNanos(stat) : 0;
        } catch (IOException e) {
            return 0; // it has ended in the meantime
        }
    }

    static boolean isKernelThread(String stat) {
        return ProcessUsage.afterName(stat)[1].equals(KERNEL);
    }
}
