package dev.weft.lowlevel;

import org.jspecify.annotations.Nullable;

/**
 * One pending wait, as seen by the thing waited for: it is completed once, with a value or a failure.
 *
 * <p>Contract, after trio's {@code wait_task_rescheduled}: an {@link dev.weft.Awaitable} is given a waiter in {@code
 * subscribe}; from then on it completes the waiter exactly once, <em>unless</em> {@code unsubscribe} is called first,
 * after which it must never touch it again. Both completions are to be called on the thread of the waiter's loop;
 * whoever learns of an event on another thread goes through {@link dev.weft.Loop#execute}. A call from any other thread
 * throws {@link IllegalStateException}.
 *
 * <p>A waiter carries the links of the one {@link WaitQueue} it may stand in, so that queueing allocates nothing and
 * removal is O(1).
 */
public abstract class Waiter<T extends @Nullable Object> {
    @Nullable Waiter<? super T> previousInQueue;

    @Nullable Waiter<? super T> nextInQueue;

    @Nullable WaitQueue<?> queue;

    /** For subclasses: a wait that is pending. */
    protected Waiter() {}

    /** Completes the wait with {@code value}. */
    public abstract void succeed(T value);

    /** Completes the wait with {@code failure}, which is thrown at whoever waits. */
    public abstract void fail(Throwable failure);
}
