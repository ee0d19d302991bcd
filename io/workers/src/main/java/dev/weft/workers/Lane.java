package dev.weft.workers;

import org.jspecify.annotations.Nullable;

/**
 * A place for one task at a time: a worker, or its replacement once it has ended. Confined to the greenlets of the pool's loop.
 *
 * @param <P> a task in the form in which it reaches the worker
 */
interface Lane<P> {
    /** Returns whether there is a worker for another task. */
    default boolean isReady() {
        return true;
    }

    /** Waits until there is a worker. If it cannot be had, this returns, and {@link #run} says why. */
    default void prepare() {}

    /**
     * Runs {@code task} and returns its result or throws its failure. If the calling greenlet is cancelled, so is the task, and
     * this returns once that has ended.
     */
    @Nullable Object run(P task) throws Exception;
}
