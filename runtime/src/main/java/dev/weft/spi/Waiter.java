package dev.weft.spi;

import org.jspecify.annotations.Nullable;

/**
 * A pending wait, as seen by the awaitable: it is completed once, with a value or a failure.
 *
 * <p>The contract follows trio's {@code wait_task_rescheduled}: an {@link dev.weft.Awaitable} is given a waiter in {@code
 * subscribe} and then completes it exactly once, <em>unless</em> {@code unsubscribe} is called first, after which it must
 * never touch it again. Waiters must be completed on the thread of their loop, otherwise {@link IllegalStateException} is
 * thrown; code that learns of an event on another thread goes through {@link dev.weft.Loop#execute}.
 *
 * <p>Code that is about to <em>hand something over</em> (a value, a permit) must call {@link #tryClaim} first, and keep it
 * if that returns false: the wait may be a clause of a select that has just been completed on another thread. {@link
 * WaitQueue#poll} does this by itself. Code that only signals an event (a timer, an end) need not: nothing is lost if it
 * comes too late. A waiter that forwards completions to another one is a {@link ForwardingWaiter}.
 *
 * <p>A waiter carries the links of the one {@link WaitQueue} it may be in, so queueing does not allocate and removal is
 * O(1).
 */
public abstract class Waiter<T extends @Nullable Object> {
    @Nullable Waiter<? super T> previousInQueue;

    @Nullable Waiter<? super T> nextInQueue;

    @Nullable WaitQueue<?> queue;

    /** For subclasses. */
    protected Waiter() {}

    /** Completes the wait with {@code value}. */
    public abstract void succeed(T value);

    /** Completes the wait with {@code failure}, which the waiting greenlet throws. */
    public abstract void fail(Throwable failure);

    /** Returns the claim that those who want to complete the wait compete for; null while only its own loop can. */
    public @Nullable Claim claim() {
        return null;
    }

    /** Returns the claim of this wait for use by other threads, created if necessary. Must be called on its loop's thread. */
    public Claim share() {
        return new Claim();
    }

    /** Returns the object on whose behalf the claim is taken: this wait, or the one that it forwards its completion to. */
    public Object claimant() {
        return this;
    }

    /** Returns who waits. Two waiters of one party, such as a send and a receive clause of one select, never match. */
    public Object party() {
        return this;
    }

    /** Tries to claim the wait; if true, the caller must complete it now. */
    public final boolean tryClaim() {
        Claim claim = claim();
        return claim == null || claim.tryTake(claimant());
    }

    /** Tries to claim this wait and the one it is matched with: both or neither. */
    public final boolean tryClaimWith(Waiter<?> counterpart) {
        return Claim.tryTakeBoth(this, counterpart);
    }

    /**
     * As {@link #tryClaim}, if it is not known yet whether there is anything to hand over, as before a read that may find
     * nothing. If true, the attempt must be made at once and be followed by {@link #keepClaim} or {@link #giveClaimBack}; until
     * then, competitors for the claim spin.
     */
    public final boolean tryBeginClaim() {
        Claim claim = claim();
        return claim == null || claim.tryBegin();
    }

    /** Keeps the claim after a successful attempt. The caller must complete the wait now. */
    public final void keepClaim() {
        Claim claim = claim();
        if (claim != null) {
            claim.finish(claimant());
        }
    }

    /** Gives the claim back after an attempt that found nothing. The wait continues. */
    public final void giveClaimBack() {
        Claim claim = claim();
        if (claim != null) {
            claim.giveBack();
        }
    }

    /** Returns whether the wait is unclaimed; only a hint if other threads may claim it. */
    public final boolean isOpen() {
        Claim claim = claim();
        return claim == null || claim.isOpen();
    }
}
