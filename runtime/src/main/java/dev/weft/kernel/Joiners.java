package dev.weft.kernel;

import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * Who is to be told of a greenlet's end, in a field of its record: nobody (null), one waiter, or a queue of them. Nearly
 * always it is one, and the queue would be an object more for each of very many greenlets.
 */
final class Joiners {
    private Joiners() {}

    /** The field's value once {@code waiter} has been added to {@code joiners}. */
    static <T extends @Nullable Object> Object with(@Nullable Object joiners, Waiter<? super T> waiter) {
        if (joiners == null) {
            return waiter;
        }
        WaitQueue<T> queue = Joiners.<T>queue(joiners);
        queue.add(waiter);
        return queue;
    }

    /** The field's value once {@code waiter} has been taken out of {@code joiners}. */
    static <T extends @Nullable Object> @Nullable Object without(@Nullable Object joiners, Waiter<? super T> waiter) {
        if (joiners == waiter) {
            return null;
        }
        if (joiners instanceof WaitQueue<?>) {
            Joiners.<T>queue(joiners).remove(waiter);
        }
        return joiners;
    }

    /** Tells all of {@code joiners} of the end of {@code greenlet}; returns whether one of them counts as having heard of it. */
    static <T extends @Nullable Object> boolean tellAll(Object joiners, GreenletTask<T> greenlet) {
        boolean heard = false;
        WaitQueue<T> queue = Joiners.<T>queue(joiners);
        Waiter<? super T> joiner;
        while ((joiner = queue.poll()) != null) {
            heard |= !(joiner instanceof EndCallback<?>);
            try {
                greenlet.complete(joiner);
            } catch (Throwable t) { // it keeps neither the others from being told nor the greenlet from ending
                greenlet.loop.owner.failed(joiner + ", which waits for the end of " + greenlet + ",", t);
            }
        }
        return heard;
    }

    /** All of them, to be polled. */
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
