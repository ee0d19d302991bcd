package dev.weft.tasks;

import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.io.Serializable;

/** What a task writes to, wherever it runs. Threads that it starts may write too, while it runs. */
public abstract sealed class TaskOutput implements Serializable permits LocalOutput, RemoteOutput {
    private static final long serialVersionUID = 1L;

    TaskOutput() {}

    /** Writes {@code text}, and what it contains line by line. Also works while a killed task cleans up. */
    public final void println(Object text) {
        String lines = String.valueOf(text);
        if (lines.isEmpty()) {
            append(lines);
        } else {
            lines.lines().forEach(this::append);
        }
    }

    /**
     * Lets a kill take effect; a body that computes calls this now and then. On a greenlet it lets others run, too.
     *
     * @throws InterruptedException if the task was killed and runs on a thread
     * @throws dev.weft.Cancelled if it was killed and runs on a greenlet
     */
    public final void checkpoint() throws InterruptedException {
        if (Suspension.isOnLoop()) {
            Weft.yieldNow();
        } else if (Thread.interrupted()) {
            throw new InterruptedException("the task was killed");
        }
    }

    /** A worker begins the task. */
    abstract void begin();

    abstract void append(String line);

    /** The body has ended, in whatever way. */
    abstract void end();
}
