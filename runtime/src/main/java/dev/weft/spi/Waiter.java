package dev.weft.spi;

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
 * <p>Whoever is about to <em>hand something over</em> (a value, a permit) asks {@link #tryClaim} first, and keeps it if
 * that says no: the wait may be one clause of a select which has just been won on another thread. {@link WaitQueue#poll}
 * does so by itself. Who merely tells of an event (a timer, an end) need not ask: nothing is lost if it comes too late. A
 * waiter that passes completions on to another one is a {@link ForwardingWaiter}.
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

    /** What those who want to end the wait compete for; null while only its own loop can end it. */
    public @Nullable Claim claim() {
        return null;
    }

    /** The claim of this wait for use by other threads, made if there is none yet. Called on the thread of its loop. */
    public Claim share() {
        return new Claim();
    }

    /** In whose name the claim is taken: this wait, or the one that it passes its completion on to. */
    public Object claimant() {
        return this;
    }

    /** Who waits. Two waiters of one party, as a send and a receive clause of one select, cannot be matched. */
    public Object party() {
        return this;
    }

    /** Whether the wait is still to be completed, and the caller is the one to do it, now. */
    public final boolean tryClaim() {
        Claim claim = claim();
        return claim == null || claim.tryTake(claimant());
    }

    /** As {@link #tryClaim}, for this wait and the one it is matched with: both or none. */
    public final boolean tryClaimWith(Waiter<?> counterpart) {
        return Claim.tryTakeBoth(this, counterpart);
    }

    /**
     * As {@link #tryClaim}, by one who does not know yet whether there is anything to hand over, such as a read that may
     * find nothing. If true, the attempt must be made at once, and {@link #keepClaim} or {@link #giveClaimBack} called
     * after it: until then others who want the claim spin.
     */
    public final boolean tryBeginClaim() {
        Claim claim = claim();
        return claim == null || claim.tryBegin();
    }

    /** The attempt has found something; the wait must be completed now. */
    public final void keepClaim() {
        Claim claim = claim();
        if (claim != null) {
            claim.finish(claimant());
        }
    }

    /** The attempt has found nothing: the wait goes on. */
    public final void giveClaimBack() {
        Claim claim = claim();
        if (claim != null) {
            claim.giveBack();
        }
    }

    /** Whether nobody has claimed the wait so far; a hint if other threads may. */
    public final boolean isOpen() {
        Claim claim = claim();
        return claim == null || claim.isOpen();
    }
}
