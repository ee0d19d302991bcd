package dev.weft.tasks;

/**
 * The state of a {@link NamedTask}.
 *
 * <pre>
 * QUEUED   -> RUNNING    a worker began it
 * QUEUED   -> KILLED     it was killed before that, and never runs
 * QUEUED   -> FAILED     its worker could not be had, or died
 * RUNNING  -> FINISHED   the body returned
 * RUNNING  -> FAILED     the body threw, or its worker died
 * RUNNING  -> STOPPING   it was killed, and the body is cleaning up, or does not heed the kill
 * STOPPING -> KILLED     the body ended, or its worker was killed
 * STOPPING -> FINISHED   the body returned before the kill reached it
 * STOPPING -> FAILED     the body failed before the kill reached it
 * </pre>
 *
 * <p>They are those of plac's task manager: SUBMITTED, RUNNING, TOBEKILLED, KILLED, FINISHED and ABORTED.
 */
public enum TaskState {
    QUEUED,
    RUNNING,
    STOPPING,
    FINISHED,
    FAILED,
    KILLED;

    /** Returns whether the task has ended, in whatever way. */
    public boolean isDone() {
        return this == FINISHED || this == FAILED || this == KILLED;
    }
}
