package dev.weft.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The number of files and sockets a process may have open. The JVM raises its soft limit to the hard limit by itself. */
public record DescriptorLimit(long open) {
    /** Descriptors for the JVM itself (jars, selectors, pipes), with some slack. */
    private static final int RESERVED = 150;

    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final String LINE = "Max open files";

    /** Returns the limit of this process, which its children inherit; unlimited if the system does not report one. */
    public static DescriptorLimit current() throws IOException {
        return Files.isReadable(LIMITS) ? parse(Files.readString(LIMITS)) : new DescriptorLimit(Long.MAX_VALUE);
    }

    /** Parses the hard limit from the text of {@code /proc/<pid>/limits}. */
    static DescriptorLimit parse(String limits) {
        return limits.lines()
                .filter(line -> line.startsWith(LINE))
                .map(line -> line.substring(LINE.length()).strip().split("\\s+", -1)[1])
                .map(hard -> new DescriptorLimit(hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard)))
                .findFirst()
                .orElse(new DescriptorLimit(Long.MAX_VALUE));
    }

    /** Returns how many of the {@code wanted} connections each of the two processes can open. */
    public int connections(int wanted) {
        return (int) Math.max(0, Math.min(wanted, open - RESERVED));
    }

    public String advice(int wanted) {
        return "a process may open " + open + " descriptors here, so " + connections(wanted)
                + " connections are used instead of "
                + wanted + "; for more, run `ulimit -n " + (wanted + RESERVED)
                + "` in this shell first (only root can raise the hard limit,"
                + " `ulimit -Hn`: in /etc/security/limits.conf, with LimitNOFILE= of a service, or with --ulimit of a"
                + " container)";
    }
}
