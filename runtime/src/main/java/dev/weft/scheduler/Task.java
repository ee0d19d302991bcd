package dev.weft.scheduler;

/** The unit of work of a {@link Scheduler}, run in slices. */
public interface Task {
    /** Runs until the task waits or ends. Called on the loop's thread, once each time the task was queued. */
    void slice();
}
