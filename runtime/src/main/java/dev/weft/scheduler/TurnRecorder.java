package dev.weft.scheduler;

/** What records the turns and slices of a loop, if anybody has asked for a recording. Called on the loop's thread. */
public interface TurnRecorder {
    /** A turn begins. Returns whether its slices are to be run by {@link #run}. */
    boolean beginTurn();

    /** The batch of a turn whose slices are run by {@link #run} begins at {@code nanos} on the loop's clock. */
    void beginBatch(long nanos);

    /** Runs a slice of {@code task}. */
    void run(Task task);

    /** The work of the turn is over: {@code events} events and timers, and {@code slices} slices. The loop polls next. */
    void endTurn(int events, int slices);
}
