package dev.weft.sync;

import dev.weft.Loop;
import dev.weft.lowlevel.Claim;
import dev.weft.lowlevel.Suspension;
import dev.weft.lowlevel.Waiter;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Stands on the home loop for a waiter of another loop, or for a blocked thread. It is completed there as any other waiter,
 * and its completion is posted to where the waiter is. Both sides may want to end the wait; the claim says who does, so the
 * waiter is either withdrawn and never completed, or completed and not withdrawn.
 */
final class Visit<T extends @Nullable Object> extends Waiter<T> implements Runnable {
    boolean admitted; // the door knows of it; belongs to the home's thread
    private final Homed<T> target;
    private final Waiter<? super T> waiter;
    private final @Nullable Loop loop; // the waiter's; null: it may be completed on any thread
    private final Claim claim;

    Visit(Homed<T> target, Waiter<? super T> waiter, @Nullable Loop loop, Claim claim) {
        this.target = target;
        this.waiter = waiter;
        this.loop = loop;
        this.claim = claim;
    }

    // ---- at home
    // -----------------------------------------------------------------------------------------------------

    /** It has come in. */
    @Override
    public void run() {
        if (!target.door.isHome()) { // the loop left in this moment, and left the message to whoever sent it
            fail(target.door.closed());
            return;
        }
        try {
            target.arrive(this);
        } catch (Throwable t) {
            fail(t);
        }
        if (claim.isOpen()) {
            target.door.admit(this);
        }
    }

    @Override
    public void succeed(T value) {
        if (isOurs()) {
            deliver(() -> waiter.succeed(value));
        }
    }

    @Override
    public void fail(Throwable failure) {
        if (isOurs()) {
            deliver(() -> waiter.fail(failure));
        }
    }

    /** Whether the claim was taken for us, or can be now. */
    private boolean isOurs() {
        return claim.isTakenBy(claimant()) || claim.tryTake(claimant());
    }

    private void deliver(Runnable completion) {
        if (admitted) {
            target.door.left(this);
        }
        if (loop == null) {
            completion.run();
            return;
        }
        try {
            Suspension.post(loop, () -> {
                target.returned();
                completion.run();
            });
        } catch (RejectedExecutionException gone) {
            // A loop leaves after its greenlets: this one had been given up, and was reported then.
        }
    }

    /** The waiter has left. */
    void forget() {
        target.depart(this);
        target.door.left(this);
    }

    @Override
    public Claim claim() {
        return claim;
    }

    @Override
    public Claim share() {
        return claim;
    }

    @Override
    public Object claimant() {
        return waiter.claimant();
    }

    @Override
    public Object party() {
        return waiter.party();
    }

    // ---- where the waiter is
    // -----------------------------------------------------------------------------------------

    /** Ends the visit, unless its completion is on the way. If the claim went to another clause of a select, it is not. */
    boolean withdraw() {
        if (!claim.tryTake(this) && claim.isTakenBy(claimant())) {
            return false;
        }
        target.door.tell(this::forget);
        return true;
    }

    @Override
    public String toString() {
        return "visit of " + waiter;
    }
}
