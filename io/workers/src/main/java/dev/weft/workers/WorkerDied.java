package dev.weft.workers;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a task whose worker process has ended before the task did: it was killed, has crashed, exited, or ran out of memory.
 * Other tasks are not affected, and the worker is replaced. The message has the last lines of its standard error.
 */
public final class WorkerDied extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int FIRST_SIGNAL = 128;
    private static final Map<Integer, String> SIGNALS = Map.of(
            1, "SIGHUP", 2, "SIGINT", 3, "SIGQUIT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9, "SIGKILL",
            11, "SIGSEGV", 15, "SIGTERM");

    private final long pid;
    private final int exitStatus;
    private final String[] lastLines; // a list need not be serialisable

    WorkerDied(long pid, int exitStatus, List<String> lastLines, @Nullable Throwable cause) {
        super(message(pid, exitStatus, lastLines, cause), cause);
        this.pid = pid;
        this.exitStatus = exitStatus;
        this.lastLines = lastLines.toArray(new String[0]);
    }

    private static String message(long pid, int exitStatus, List<String> lastLines, @Nullable Throwable cause) {
        StringBuilder text = new StringBuilder("worker " + pid + " " + end(exitStatus));
        if (cause != null) {
            text.append(" after ").append(cause.getMessage());
        }
        text.append(
                lastLines.isEmpty() ? "; it wrote nothing to its standard error" : "; the end of its standard error:");
        lastLines.forEach(line -> text.append("\n    | ").append(line));
        return text.toString();
    }

    private static String end(int exitStatus) {
        int signal = exitStatus - FIRST_SIGNAL;
        return signal > 0
                ? "was ended by " + SIGNALS.getOrDefault(signal, "signal " + signal)
                : "exited with status " + exitStatus;
    }

    /** Returns the process id that the worker had. */
    public long pid() {
        return pid;
    }

    /** Returns its exit status, or 128 plus the number of the signal that ended it. */
    public int exitStatus() {
        return exitStatus;
    }

    /** Returns the last lines that it wrote to its standard error, at most twenty. */
    public List<String> lastLines() {
        return List.of(lastLines);
    }
}
