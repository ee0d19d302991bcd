package dev.weft;

import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * Something that can be waited for with {@link Weft#await(Awaitable)}: a greenlet's end, a timer, a socket's readiness.
 *
 * <p>The two methods are for authors of new awaitables; users call {@code await}. They are called on the thread of the
 * waiter's loop. {@code toString} should say what is waited for: it is what a greenlet's description shows.
 *
 * @param <T> what the wait gives
 */
public interface Awaitable<T extends @Nullable Object> {
    /**
     * Starts a wait: completes {@code waiter} now, or queues it and completes it later, once. What this throws is thrown
     * at the one who wanted to wait, and nothing is queued then.
     */
    void subscribe(Waiter<? super T> waiter);

    /**
     * Ends the wait of a {@code waiter} that is queued and not completed, in O(1).
     *
     * @return true: the awaitable has forgotten the waiter, and what was waited for did not happen. False: it is too late,
     *     as another thread has completed it and its completion is on the way to this loop (as trio's {@code
     *     Abort.FAILED}); the wait goes on until it arrives. What belongs to one loop always gives true.
     */
    boolean unsubscribe(Waiter<? super T> waiter);

    /**
     * An awaitable whose failures are of a checked kind, so that the compiler sees them at the {@code await}.
     *
     * @param <X> what the wait may throw
     */
    interface Checked<T extends @Nullable Object, X extends Exception> extends Awaitable<T> {}
}
