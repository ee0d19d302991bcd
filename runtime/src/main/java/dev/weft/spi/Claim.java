package dev.weft.spi;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The right to complete a wait that several threads may compete to complete: a channel of another loop by handing something
 * over, the waiter's own loop by a timeout, a kill or another clause of a select. Exactly one {@linkplain #tryTake takes} it.
 * Any thread.
 *
 * <pre>
 * OPEN  -> TAKEN   by a claimant that completes the wait; the claim records it
 * OPEN  -> BEGUN   by a claimant that completes the wait only if something else succeeds at once: a second claim, a read
 * BEGUN -> TAKEN   it succeeded
 * BEGUN -> OPEN    it did not
 * </pre>
 *
 * <p>Most waits can be completed only by their own loop and have no claim.
 */
public final class Claim {
    private static final Object OPEN = new Object();
    private static final Object BEGUN = new Object();

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number = NUMBERS.getAndIncrement(); // the order in which two claims are taken together
    private final AtomicReference<Object> holder = new AtomicReference<>(OPEN); // OPEN, BEGUN, or the claimant

    /** Creates an open claim. */
    public Claim() {}

    /** Takes the claim; returns false if it is taken. Spins while an attempt is under way, at most for one system call. */
    public boolean tryTake() {
        return tryTake(this);
    }

    /** Takes the claim, as {@link #tryTake()} does, on behalf of {@code claimant}; see {@link #isTakenBy}. */
    public boolean tryTake(Object claimant) {
        return advance(claimant);
    }

    /** Returns whether {@code claimant} has taken the claim. */
    public boolean isTakenBy(Object claimant) {
        return holder.get() == claimant;
    }

    /** Returns whether the claim has not been taken yet. */
    public boolean isOpen() {
        Object now = holder.get();
        return now == OPEN || now == BEGUN;
    }

    /** Reserves the claim for an attempt that must not wait; {@link #finish} or {@link #giveBack} must follow. */
    boolean tryBegin() {
        return advance(BEGUN);
    }

    void finish(Object claimant) {
        holder.set(claimant);
    }

    void giveBack() {
        holder.set(OPEN);
    }

    private boolean advance(Object next) {
        while (true) {
            Object now = holder.compareAndExchange(OPEN, next);
            if (now == OPEN) {
                return true;
            }
            if (now != BEGUN) {
                return false;
            }
            Thread.onSpinWait();
        }
    }

    /** Takes the claims of both waits or neither. Two waits of the same party cannot be taken together. */
    static boolean tryTakeBoth(Waiter<?> one, Waiter<?> other) {
        Claim ofOne = one.claim();
        Claim ofOther = other.claim();
        if (ofOne == null) {
            return ofOther == null ? one.party() != other.party() : ofOther.tryTake(other.claimant());
        }
        if (ofOther == null) {
            return ofOne.tryTake(one.claimant());
        }
        if (ofOne == ofOther) {
            return false;
        }
        // Always the older claim first, so that two threads that want the same two cannot deadlock.
        boolean inOrder = ofOne.number < ofOther.number;
        return takeInOrder(
                inOrder ? one : other, inOrder ? ofOne : ofOther, inOrder ? other : one, inOrder ? ofOther : ofOne);
    }

    private static boolean takeInOrder(Waiter<?> one, Claim first, Waiter<?> other, Claim second) {
        if (!first.tryBegin()) {
            return false;
        }
        if (second.tryTake(other.claimant())) {
            first.finish(one.claimant());
            return true;
        }
        first.giveBack();
        return false;
    }

    @Override
    public String toString() {
        Object now = holder.get();
        return now == OPEN ? "open claim" : now == BEGUN ? "claim about to be taken" : "taken claim";
    }
}
