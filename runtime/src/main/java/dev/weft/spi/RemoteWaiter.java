package dev.weft.spi;

import org.jspecify.annotations.Nullable;

/**
 * Represents, where an event happens, a waiter on another loop or in a blocked thread, and forwards its completion there. Both
 * sides may try to end the wait: the event on its side, a withdrawing waiter on the other. The {@link Claim} of the waiter
 * decides, so that it is either completed, or withdrawn and never completed. For a single wait.
 */
public abstract class RemoteWaiter<T extends @Nullable Object> extends Waiter<T> {
    private final Waiter<? super T> waiter;
    private final Claim claim;

    /** For {@code waiter}. Must be called on its thread. */
    protected RemoteWaiter(Waiter<? super T> waiter) {
        this.waiter = waiter;
        claim = waiter.share();
    }

    /** Runs {@code completion} where the waiter is. Called where the event happens, once, and not after a withdrawal. */
    protected abstract void deliver(Runnable completion);

    @Override
    public final void succeed(T value) {
        if (isOurs()) {
            deliver(() -> waiter.succeed(value));
        }
    }

    @Override
    public final void fail(Throwable failure) {
        if (isOurs()) {
            deliver(() -> waiter.fail(failure));
        }
    }

    /** Returns whether the claim was taken for this waiter, or can be taken now. */
    private boolean isOurs() {
        return claim.isTakenBy(claimant()) || claim.tryTake(claimant());
    }

    /**
     * Ends the wait. Returns false if its completion is on the way; a claim taken by another clause of a select does not count
     * as one. Must be called where the waiter is.
     */
    protected final boolean withdraw() {
        return claim.tryTake(this) || !claim.isTakenBy(claimant());
    }

    @Override
    public final Claim claim() {
        return claim;
    }

    @Override
    public final Claim share() {
        return claim;
    }

    @Override
    public final Object claimant() {
        return waiter.claimant();
    }

    @Override
    public final Object party() {
        return waiter.party();
    }

    @Override
    public String toString() {
        return waiter.toString();
    }
}
