package dev.weft.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A tool of the system that counts the system calls of a process for a while, started. A thread of its own reads it. */
final class SystemCalls implements AutoCloseable {
    /**
     * What came out.
     *
     * @param perRequest -1 if unknown
     * @param source the tool, or why it is unknown
     */
    record Count(double perRequest, String source) {
        /** Nobody asked for it. */
        static final Count NONE = new Count(-1, "not counted: --count-system-calls was not given");
    }

    /** What can count, the better first. */
    enum Tool {
        /** Hardly disturbs the process. */
        PERF("begun", "raw_syscalls:sys_enter"),
        /** Stops the process at each call, so that it is many times slower; but it makes the same calls. */
        STRACE("attached", "total");

        private final String beginning;
        private final String total;

        Tool(String beginning, String total) {
            this.beginning = beginning;
            this.total = total;
        }

        /** What the command is called. */
        String label() {
            return this == PERF ? "perf" : "strace";
        }

        private List<String> command(long pid, double seconds) {
            String process = Long.toString(pid);
            String period = Double.toString(seconds);
            return this == PERF
                    ? List.of(
                            "perf",
                            "stat",
                            "-e",
                            total,
                            "-x,",
                            "-p",
                            process,
                            "--",
                            "sh",
                            "-c",
                            "echo begun; sleep " + period)
                    : List.of("timeout", "-s", "INT", period, "strace", "-f", "-c", "-U", "calls,name", "-p", process);
        }

        /** The count in what the tool has said; empty if it could not count. */
        OptionalLong parse(List<String> lines) {
            return lines.stream()
                    .filter(line -> line.contains(total))
                    .map(line -> line.strip().split("[, ]", 2)[0])
                    .filter(count -> count.matches("[0-9]+"))
                    .mapToLong(Long::parseLong)
                    .findFirst();
        }
    }

    private final Tool tool;
    private @Nullable Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private volatile boolean hasBegun;
    private volatile boolean hasEnded;

    private SystemCalls(Tool tool) {
        this.tool = tool;
    }

    /** Starts {@code tool} on process {@code pid}. Where there is no such command, it has ended and counted nothing. */
    static SystemCalls start(Tool tool, long pid, double seconds) {
        SystemCalls counting = new SystemCalls(tool);
        try {
            Process process = new ProcessBuilder(tool.command(pid, seconds))
                    .redirectErrorStream(true)
                    .start();
            counting.process = process;
            Thread reader = new Thread(() -> counting.read(process), "system calls");
            reader.setDaemon(true);
            reader.start();
        } catch (IOException e) {
            counting.lines.add(e.toString());
            counting.hasEnded = true;
        }
        return counting;
    }

    private void read(Process process) {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
                hasBegun |= line.contains(tool.beginning);
            }
        } catch (IOException e) {
            lines.add(e.toString()); // it is being killed
        }
        hasEnded = true;
    }

    /** Whether it counts by now, or has ended. */
    boolean hasBegun() {
        return hasBegun || hasEnded;
    }

    /** Whether it has said all. */
    boolean hasEnded() {
        return hasEnded;
    }

    /** The calls that it counted; empty if it could not. */
    OptionalLong calls() {
        return tool.parse(lines);
    }

    /** What it has said, on one line. */
    String said() {
        return tool.label() + ": " + String.join("; ", lines);
    }

    @Override
    public void close() {
        if (process != null) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }
}
