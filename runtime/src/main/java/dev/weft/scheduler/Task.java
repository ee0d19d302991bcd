package dev.weft.scheduler;

/** What a {@link Scheduler} runs, one slice after the other. */
public interface Task {
    /** Runs until the task waits or ends. Called on the loop's thread, each time it was queued. */
    void slice();
}
