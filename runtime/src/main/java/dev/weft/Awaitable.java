package dev.weft;

import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * An event that can be waited for with {@link Weft#await(Awaitable)}: a greenlet's end, a timer, a socket's readiness.
 *
 * <p>The two methods are for authors of new awaitables; users call {@code await}. They are called on the thread of the
 * waiter's loop. {@code toString} should name the event; it is shown in the description of the waiting greenlet.
 *
 * @param <T> the result of the wait
 */
public interface Awaitable<T extends @Nullable Object> {
    /**
     * Starts a wait: either completes {@code waiter} now, or queues it and completes it later, exactly once. An exception
     * thrown here is thrown to the caller of {@code await}; the waiter must then not be queued.
     */
    void subscribe(Waiter<? super T> waiter);

    /**
     * Cancels the wait of a {@code waiter} that is queued and not completed, in O(1).
     *
     * @return true if the waiter has been removed and the operation did not happen. False if it is too late, because another
     *     thread has completed the waiter and the completion is on its way to this loop (as with trio's {@code
     *     Abort.FAILED}); the wait then continues until it arrives. An awaitable confined to one loop always returns true.
     */
    boolean unsubscribe(Waiter<? super T> waiter);

    /**
     * Tells who could end a wait for this, for reports and for the detection of deadlocks. By default nothing is known, which is
     * always right: the wait is then taken for one that may end any time.
     *
     * <p>Called by an observer's thread while a greenlet waits and the loop runs. So it must not wait, take a lock, call users'
     * code or change anything; what it reads may change under it. Exceptions count as "not known". Called about once a second
     * for each waiting greenlet, it should take well below a microsecond.
     */
    default Owners owners() {
        return Owners.unknown(Owners.Kind.OTHER, this);
    }

    /**
     * An awaitable that may fail with a checked exception, which {@code await} then declares.
     *
     * @param <X> the exception that the wait may throw
     */
    interface Checked<T extends @Nullable Object, X extends Exception> extends Awaitable<T> {}
}
