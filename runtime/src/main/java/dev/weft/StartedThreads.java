package dev.weft;

/**
 * How a loop treats a virtual thread that code inside a greenlet starts without naming a scheduler: by {@code
 * Thread.startVirtualThread}, a thread-per-task executor, a {@code StructuredTaskScope}, or a library that uses one of these.
 * The JDK gives such a thread the scheduler of the thread that creates it, which is the greenlet's loop. See {@link
 * LoopGroup.Builder#startedThreads}.
 *
 * <p>With a thread factory or a thread-per-task executor, a thread belongs to the loop if a greenlet <em>creates the
 * thread</em>; it does not matter who created the factory. Platform threads are not affected.
 */
public enum StartedThreads {
    /**
     * They become greenlets of the loop: they run in turn with the others, without locks between two waits, are listed and
     * counted, are killed when the loop closes, and may use all of Weft. Only the code that started the thread learns how it
     * ended; as a greenlet it has always returned. A thread that is started while the loop closes is rejected.
     */
    ADOPTED,

    /**
     * They run where they would without Weft, on the JDK's own carrier threads, in parallel with the loop; for libraries that
     * would hold it. {@code Greenlet.current()} and all Weft waits are refused in them, as on any other thread. The loop does
     * not track them, and they outlive it. Costs a hop to another thread each time one becomes runnable.
     */
    JDK_SCHEDULED
}
