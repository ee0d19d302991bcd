package dev.weft.scheduler;

/** Whose {@link Scheduler} it is. All is called on the loop's thread. */
public interface Host {
    /** The thread that the turns run on. */
    Thread thread();

    /** Whether no further turn is wanted. */
    boolean isFinished();

    /** Whether {@link #beginTurn} would make something ready. */
    boolean hasWork();

    /** The inbox is drained, the batch comes next: what the host wants to run in it is made ready now. */
    void beginTurn();

    /** There is nothing to run, no timer and no source of events: how long to sleep before this is asked again. */
    long idleNanos();

    /** {@code what} has failed, and the turns go on. */
    void failed(String what, Throwable failure);
}
