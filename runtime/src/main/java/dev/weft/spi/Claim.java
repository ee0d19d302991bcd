package dev.weft.spi;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The right to end a wait that several threads may want to end: a channel of another loop by handing something over, this
 * loop by a timeout, a kill, or another clause of a select. Exactly one {@linkplain #tryTake takes} it. Any thread.
 *
 * <pre>
 * OPEN  -> TAKEN   by the one who ends the wait; it is known who that was
 * OPEN  -> BEGUN   by one who ends it only if something else succeeds too, at once: a second claim, a read
 * BEGUN -> TAKEN   it did
 * BEGUN -> OPEN    it did not
 * </pre>
 *
 * <p>Most waits are ended by their own loop alone and have none.
 */
public final class Claim {
    private static final Object OPEN = new Object();
    private static final Object BEGUN = new Object();

    private static final AtomicLong NUMBERS = new AtomicLong();

    private final long number = NUMBERS.getAndIncrement(); // the order in which two are taken
    private final AtomicReference<Object> holder = new AtomicReference<>(OPEN); // or BEGUN, or who has taken it

    /** One that is open. */
    public Claim() {}

    /** Takes it; false if another has. Waits for one who is about to, which is a matter of a system call at the most. */
    public boolean tryTake() {
        return tryTake(this);
    }

    /** As {@link #tryTake()}, in the name of {@code claimant}, which {@link #isTakenBy} tells from then on. */
    public boolean tryTake(Object claimant) {
        return advance(claimant);
    }

    /** Whether {@code claimant} has taken it. */
    public boolean isTakenBy(Object claimant) {
        return holder.get() == claimant;
    }

    /** Whether nobody has taken it so far. */
    public boolean isOpen() {
        Object now = holder.get();
        return now == OPEN || now == BEGUN;
    }

    /** Keeps others away for an attempt that must not wait; {@link #finish} or {@link #giveBack} must follow. */
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

    /**
     * Takes the claims of both waits or none; two waits of one party cannot be taken together.
     */
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
        // Always the older one first: two threads that want the same two cannot wait for each other.
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
