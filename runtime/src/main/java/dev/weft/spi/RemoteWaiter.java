package dev.weft.spi;

import org.jspecify.annotations.Nullable;

/**
 * Stands where an event happens for a waiter that is elsewhere, on another loop or in a blocked thread, and passes its
 * completion on to there. Both sides may want to end the wait: the event there, and the waiter that leaves, here. The
 * {@link Claim} of the waiter decides, so that it is either completed, or withdrawn and never completed. For one wait.
 */
public abstract class RemoteWaiter<T extends @Nullable Object> extends Waiter<T> {
    private final Waiter<? super T> waiter;
    private final Claim claim;

    /** For {@code waiter}, on whose thread it is made. */
    protected RemoteWaiter(Waiter<? super T> waiter) {
        this.waiter = waiter;
        claim = waiter.share();
    }

    /** Runs {@code completion} where the waiter is. Called where the event happens, once, and not after the waiter has left. */
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

    /** Whether the claim was taken for us, or can be now. */
    private boolean isOurs() {
        return claim.isTakenBy(claimant()) || claim.tryTake(claimant());
    }

    /**
     * Ends the wait, unless its completion is on the way: then false. If the claim went to another clause of a select, it is
     * not. Called where the waiter is.
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
