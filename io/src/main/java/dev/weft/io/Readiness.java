package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Greenlet;
import dev.weft.lowlevel.Waiter;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether one direction of a channel can be used: one greenlet at a time may wait for it. Belongs to the loop's thread.
 *
 * <p>It remembers what it was told. After {@link #drained} a read which would return nothing is not tried; before, it is
 * worth a try, but only between a report of the selector and the next operation ({@link #used}) is the direction known to
 * be ready, so that a wait for it ends at once.
 *
 * <p>The selector is asked to report reads for good, and writes only while somebody waits. A report that nobody waits for is
 * either about a greenlet that was woken and stands in the run queue, or about data that nobody reads; the latter would
 * keep the selector from ever sleeping, so it is told to stop until somebody waits again: at once if it had been asked to
 * sleep, as then the run queue was empty, and after some reports if it was asked in passing.
 */
public final class Readiness implements Awaitable.Checked<@Nullable Void, IOException> {
    private static final int UNUSED_REPORTS = 64;

    private final Interest interest;
    private final String description;
    private byte operation; // of SelectionKey; small, as there are two of these for every connection
    private boolean worthATry = true; // a new channel is
    private boolean known; // reported, and nothing was done since
    private byte unused;
    private @Nullable Waiter<? super @Nullable Void> waiter;
    private @Nullable Greenlet<?>
            occupant; // is in the midst of an operation; it waits, or has been woken and not yet run

    Readiness(Interest interest, int operation, String description) {
        this.interest = interest;
        this.operation = (byte) operation;
        this.description = description;
    }

    int operation() {
        return operation;
    }

    /** From now on {@code newOperation}, of {@link SelectionKey}, is what is waited for: a socket that has connected is to be written. */
    public void become(int newOperation) {
        interest.remove(operation);
        operation = (byte) newOperation;
    }

    /** As {@link Interest#requireUsable}. */
    void requireUsable() throws IOException {
        interest.requireUsable();
    }

    /** Whether an operation may find something to do. */
    public boolean isWorthATry() {
        return worthATry;
    }

    /** An operation did something, and may have left more to do. */
    public void used() {
        known = false;
    }

    /** A layer above the channel holds something, so that the next operation need not wait, whatever the channel says. */
    void holdsMore() {
        worthATry = true;
        known = true;
    }

    /**
     * An operation is about to begin.
     *
     * @throws Busy if another has begun and not ended; a lucky moment must not let it take the other's data, or put its own
     *     into the middle of the other's
     */
    void requireFree() {
        if (waiter != null) {
            throw new Busy(this, waiter);
        }
        if (occupant != null) {
            throw new Busy(this, occupant);
        }
    }

    /** The calling greenlet's operation has begun and could not be ended at once; {@link #vacate} must follow. */
    void occupy() {
        occupant = Greenlet.current();
    }

    /** The operation has ended. */
    void vacate() {
        occupant = null;
    }

    /** An operation used up all there was. */
    public void drained() {
        worthATry = false;
        known = false;
        unused = 0;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void subscribe(Waiter<? super @Nullable Void> subscriber) {
        boolean isUnderWay = occupant != null && occupant == Greenlet.current();
        if (!isUnderWay) {
            requireFree();
        }
        try {
            interest.requireUsable();
            if (!known) {
                interest.add(operation);
                waiter = subscriber;
            }
        } catch (ClosedChannelException e) { // for who was woken for nothing it was closed in the midst
            subscriber.fail(isUnderWay ? new AsynchronousCloseException() : e);
            return;
        } catch (IOException e) {
            subscriber.fail(e);
            return;
        }
        if (known) {
            subscriber.succeed(null);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> subscriber) {
        if (waiter == subscriber) {
            waiter = null;
        }
        return true;
    }

    /** From the selector, which {@code hadSlept} or looked in passing. */
    @SuppressWarnings("NullAway") // a Void is always null
    void report(boolean hadSlept) {
        Waiter<? super @Nullable Void> subscriber = waiter;
        if (!isLasting() || (subscriber == null && (hadSlept || ++unused > UNUSED_REPORTS))) {
            interest.remove(operation);
        }
        worthATry = true;
        known = true;
        if (subscriber != null) {
            waiter = null;
            unused = 0;
            subscriber.succeed(null);
        }
    }

    /** Whether the selector is asked for good, and not only while somebody waits. */
    private boolean isLasting() {
        return (operation & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0;
    }

    /** The channel is gone. */
    void fail(Supplier<? extends IOException> failure) {
        Waiter<? super @Nullable Void> subscriber = waiter;
        if (subscriber != null) {
            waiter = null;
            subscriber.fail(failure.get());
        }
    }

    @Override
    public String toString() {
        return interest.owner() + " to be " + description;
    }
}
