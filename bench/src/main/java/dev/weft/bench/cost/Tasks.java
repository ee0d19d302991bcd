package dev.weft.bench.cost;

import java.util.concurrent.CompletableFuture;

/**
 * Tasks on one kind of carrier: what the benchmarks are written against.
 *
 * @param <T> a handle of a task
 */
abstract class Tasks<T> implements AutoCloseable {
    /** Runs {@code body} as a task, and blocks the calling thread until it has ended. */
    abstract void run(Runnable body);

    /** From a task: starts another one. */
    abstract T spawn(Runnable body);

    /** From a task: waits until {@code task} has ended. */
    abstract void join(T task);

    /** From a task: lets the others run. */
    abstract void yieldNow();

    /** From a task: waits for {@code future}, in the way that is the carrier's own. */
    abstract void await(CompletableFuture<Void> future);

    /** A gate for tasks of this carrier. */
    abstract Gate newGate();

    /** Between two tasks of this carrier: a channel, or the queue of the JDK; with capacity 0 it is a rendezvous. */
    abstract Conduit newConduit(int capacity);

    @Override
    public void close() {}

    /** What one task puts in, another one takes out. */
    interface Conduit {
        void put(Object value);

        Object take();
    }

    /** One task waits at it until another one opens it for one passage. */
    interface Gate {
        void pass();

        /** As {@link #pass}, with a limit that is never reached: what is measured is setting and clearing the timer. */
        void passWithin(long nanos);

        /** Lets the one who waits, or the next one who will, pass once. */
        void open();
    }
}
