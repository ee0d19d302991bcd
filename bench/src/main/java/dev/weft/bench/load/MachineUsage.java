package dev.weft.bench.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/** CPU time that all processes together have used, so that a run that others disturbed can be told. */
final class MachineUsage {
    private static final Path STAT = Path.of("/proc/stat");
    private static final long NANOS_PER_TICK = 10_000_000;

    // user, nice, system, irq, softirq, steal: behind the word "cpu"; idle (4) and iowait (5) are not work.
    private static final int[] BUSY = {1, 2, 3, 6, 7, 8};

    private MachineUsage() {}

    /** The sum over all cores up to now; 0 where the system does not tell. */
    static long cpuNanos() throws IOException {
        return Files.isReadable(STAT) ? parse(Files.readString(STAT)) : 0;
    }

    static long parse(String stat) {
        String[] ticks = stat.lines().findFirst().orElse("").split(" +", -1);
        return IntStream.of(BUSY)
                        .mapToLong(index -> Long.parseLong(ticks[index]))
                        .sum()
                * NANOS_PER_TICK;
    }
}
