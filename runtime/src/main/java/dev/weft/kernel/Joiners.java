package dev.weft.kernel;

import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * The waiters for a greenlet's end, kept in a field of the greenlet: null, a single waiter, or a queue. It is almost always
 * a single one, and a queue would cost another object for each of very many greenlets.
 */
final class Joiners {
    private Joiners() {}

    /** Returns {@code joiners} with {@code waiter} added, as the new value of the field. */
    static <T extends @Nullable Object> Object with(@Nullable Object joiners, Waiter<? super T> waiter) {
        if (joiners == null) {
            return waiter;
        }
        WaitQueue<T> queue = Joiners.<T>queue(joiners);
        queue.add(waiter);
        return queue;
    }

    /** Returns {@code joiners} with {@code waiter} removed, as the new value of the field. */
    static <T extends @Nullable Object> @Nullable Object without(@Nullable Object joiners, Waiter<? super T> waiter) {
        if (joiners == waiter) {
            return null;
        }
        if (joiners instanceof WaitQueue<?>) {
            Joiners.<T>queue(joiners).remove(waiter);
        }
        return joiners;
    }

    /** Tells all {@code joiners} of the end of {@code greenlet}; returns whether one counts as having observed a failure. */
    static <T extends @Nullable Object> boolean tellAll(Object joiners, GreenletTask<T> greenlet) {
        boolean heard = false;
        WaitQueue<T> queue = Joiners.<T>queue(joiners);
        Waiter<? super T> joiner;
        while ((joiner = queue.poll()) != null) {
            heard |= !(joiner instanceof EndCallback<?>);
            try {
                greenlet.complete(joiner);
            } catch (Throwable t) { // must neither keep others from being told nor the greenlet from ending
                greenlet.loop.owner.failed(joiner + ", which waits for the end of " + greenlet + ",", t);
            }
        }
        return heard;
    }

    /** Returns all joiners as a queue to be polled. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // with() has put them there
    private static <T extends @Nullable Object> WaitQueue<T> queue(Object joiners) {
        if (joiners instanceof WaitQueue<?> queue) {
            return (WaitQueue<T>) queue;
        }
        WaitQueue<T> queue = new WaitQueue<>();
        queue.add((Waiter<? super T>) joiners);
        return queue;
    }
}
