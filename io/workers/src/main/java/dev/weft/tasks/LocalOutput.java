package dev.weft.tasks;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;

/** The output of one task: its newest lines, and when it began and ended. */
final class LocalOutput extends TaskOutput {
    private static final long serialVersionUID = 1L;
    private static final long NOT_YET = Long.MAX_VALUE;

    private final int keptLines;
    private final transient TaskOutputs others;
    private final ArrayDeque<String> newest = new ArrayDeque<>(); // guarded by this
    private volatile long lines; // written under the lock
    private volatile long beginNanos = NOT_YET;
    private volatile long endNanos = NOT_YET; // written by a loop, which takes no lock

    LocalOutput(int keptLines, TaskOutputs others) {
        this.keptLines = keptLines;
        this.others = others;
    }

    /** A copy in another process writes to this. */
    private Object writeReplace() {
        return others.remote(this);
    }

    @Override
    void begin() {
        beginNanos = System.nanoTime();
    }

    @Override
    synchronized void append(String line) {
        newest.add(line);
        lines++;
        if (newest.size() > keptLines) {
            newest.remove();
        }
    }

    @Override
    void end() {
        endNanos = System.nanoTime();
    }

    boolean hasBegun() {
        return beginNanos != NOT_YET;
    }

    synchronized List<String> newest() {
        return List.copyOf(newest);
    }

    long lines() {
        return lines;
    }

    /** Returns how long the task has run, or ran; zero before it began. */
    Duration elapsed() {
        long end = endNanos;
        return hasBegun() ? Duration.ofNanos((end == NOT_YET ? System.nanoTime() : end) - beginNanos) : Duration.ZERO;
    }

    /** Returns when it ended; what has not sorts behind all that have. */
    long endNanos() {
        return endNanos;
    }
}
