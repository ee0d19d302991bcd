package dev.weft.bench.cost;

import java.util.concurrent.CompletableFuture;

/**
 * The operations on tasks of one kind of carrier that the benchmarks use.
 *
 * @param <T> the handle of a task
 */
abstract class Tasks<T> implements AutoCloseable {
    /** Runs {@code body} as a task, and blocks the calling thread until it has ended. */
    abstract void run(Runnable body);

    /** Starts a task. Must be called in a task. */
    abstract T spawn(Runnable body);

    /** Starts a task that can run on another core at the same time, if the carrier has two. Must be called in a task. */
    T spawnElsewhere(Runnable body) {
        return spawn(body);
    }

    /** Waits until {@code task} has ended. Must be called in a task. */
    abstract void join(T task);

    /** Lets the other tasks run. Must be called in a task. */
    abstract void yieldNow();

    /** Waits for {@code future} in the carrier's own way. Must be called in a task. */
    abstract void await(CompletableFuture<Void> future);

    /** Returns a gate for tasks of this carrier. */
    abstract Gate newGate();

    /** Returns a channel or JDK queue between two tasks of this carrier; a rendezvous if {@code capacity} is 0. */
    abstract Conduit newConduit(int capacity);

    @Override
    public void close() {}

    /** A queue between two tasks. */
    interface Conduit {
        void put(Object value);

        Object take();
    }

    /** A gate at which one task waits until another opens it for a single passage. */
    interface Gate {
        void pass();

        /** As {@link #pass}, with a timeout that never expires, to measure setting and clearing the timer. */
        void passWithin(long nanos);

        /** Lets the waiting task, or the next one to wait, pass once. */
        void open();
    }
}
