package dev.weft;

/**
 * What becomes of a virtual thread that code inside a greenlet starts without asking for a scheduler: {@code
 * Thread.startVirtualThread}, an executor per task, a {@code StructuredTaskScope}, a library that does one of these. The
 * JDK gives such a thread the scheduler of the one that makes it, which is the greenlet's loop. See {@link
 * LoopGroup.Builder#startedThreads}.
 *
 * <p>A thread from a factory, or an executor per task, belongs to the loop if the one that <em>makes the thread</em> is a
 * greenlet, whoever made the factory. Platform threads are never touched.
 */
public enum StartedThreads {
    /**
     * They become greenlets of the loop: run in turn with the others, without locks between two waits, listed and counted,
     * killed when the loop closes, and all of Weft works in them. Their thread is theirs, so how they end is known to whoever
     * started them alone: as greenlets they have returned. A thread that is started while the loop closes is rejected.
     */
    ADOPTED,

    /**
     * They run where they would without Weft, on the JDK's own pool of carriers, in parallel with the loop: for libraries that
     * would hold it. There {@code Greenlet.current()} and all waits of Weft are refused as on any other thread; the loop knows
     * nothing of them, and they outlive it. Costs a hop to another thread for each time that one can run.
     */
    JDK_SCHEDULED
}
