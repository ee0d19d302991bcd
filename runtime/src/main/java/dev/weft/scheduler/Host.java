package dev.weft.scheduler;

/** The loop that a {@link Scheduler} works for. All methods are called on the loop's thread. */
public interface Host {
    /** Returns the thread that the turns run on. */
    Thread thread();

    /** Returns whether no further turn is wanted. */
    boolean isFinished();

    /** Returns whether {@link #beginTurn} would make a task ready. */
    boolean hasWork();

    /** Called after the inbox has been drained and before the batch, to make the host's own tasks ready. */
    void beginTurn();

    /** Returns how long to sleep before asking again, when there is nothing to run, no timer and no event source. */
    long idleNanos();

    /** Reports that {@code what} has failed; the loop continues. */
    void failed(String what, Throwable failure);
}
