package dev.weft.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How many files and sockets a process may have open. The JVM raises its soft limit to the hard one by itself. */
public record DescriptorLimit(long open) {
    /** What the JVM itself needs: jars, selectors, pipes, and some room. */
    private static final int RESERVED = 150;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    /** The limit of this process, which its children inherit; none where the system does not tell. */
    public static DescriptorLimit current() throws IOException {
        return Files.isReadable(LIMITS) ? parse(Files.readString(LIMITS)) : new DescriptorLimit(Long.MAX_VALUE);
    }

    /** Reads the hard limit from the text of {@code /proc/<pid>/limits}. */
    static DescriptorLimit parse(String limits) {
        return limits.lines()
                .filter(line -> line.startsWith(LINE))
                .map(line -> line.substring(LINE.length()).strip().split("\\s+", -1)[1])
                .map(hard -> new DescriptorLimit(hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard)))
                .findFirst()
                .orElse(new DescriptorLimit(Long.MAX_VALUE));
    }

    /** How many of the {@code wanted} connections each of the two processes can open. */
    public int connections(int wanted) {
        return (int) Math.max(0, Math.min(wanted, open - RESERVED));
    }

    public String advice(int wanted) {
        return "a process may open " + open + " descriptors here, so " + connections(wanted)
                + " connections are used, not "
                + wanted + "; for more, run `ulimit -n " + (wanted + RESERVED)
                + "` in this shell first (above the hard limit,"
                + " `ulimit -Hn`, only root can: in /etc/security/limits.conf, LimitNOFILE= of a service, --ulimit of a"
                + " container)";
    }
}
