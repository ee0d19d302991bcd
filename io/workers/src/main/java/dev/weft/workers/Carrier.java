package dev.weft.workers;

import java.util.concurrent.Callable;

/**
 * What the workers of a pool are. Confined to the greenlets of the pool's loop, except where noted.
 *
 * @param <P> a task in the form in which it reaches a worker
 */
interface Carrier<P> {
    /** Returns {@code task} as it reaches a worker. Any thread; never waits. */
    P pack(Callable<?> task);

    /** Prepares it, before the first lane. May wait. */
    default void begin() {}

    /** Returns a lane, which need not be ready. */
    Lane<P> open(int number);

    /** Ends all workers at once, as far as they can be. Any thread; never waits. */
    default void kill() {}

    /** Ends all workers and waits for their ends. */
    default void close() {}

    /** Returns how many workers have died, or had to be killed. Any thread. */
    default long died() {
        return 0;
    }

    /** Returns how many workers were replaced after their maximum number of tasks. Any thread. */
    default long recycled() {
        return 0;
    }
}
