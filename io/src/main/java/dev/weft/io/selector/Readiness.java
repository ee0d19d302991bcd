package dev.weft.io.selector;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Greenlet;
import dev.weft.io.internal.TimeLimit;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Waiter;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a channel: whether an operation can succeed now, and {@link #perform}, which tries one until it does. One
 * greenlet at a time may use a direction. Belongs to the loop's thread.
 *
 * <p>It remembers what it learned. After {@link #noteDrained} an operation would find nothing, so it waits before it tries.
 * Otherwise it tries first; but only between a report of the selector and the next operation ({@link #noteProgress}) is the
 * direction known to be ready, so that a wait for it ends at once.
 *
 * <p>The selector is asked to report reads permanently, and writes only while a greenlet waits. A report that nobody waits for
 * has one of two causes: the greenlet was woken and is still in the run queue, or there is data that nobody reads. The latter
 * would keep the selector from ever sleeping, so it is told to stop until somebody waits again: at once if it had been asked
 * to sleep, since then the run queue was empty, and after {@value #UNUSED_REPORTS} reports if not.
 */
public final class Readiness implements Awaitable.Checked<@Nullable Void, IOException> {
    private static final int UNUSED_REPORTS = 64;

    private final SelectedChannel channel;
    private final String description;
    private byte operation; // of SelectionKey; a byte, as every connection has two of these objects
    private boolean worthATry = true; // true for a new channel
    private boolean known; // reported, and nothing was done since
    private byte unused;
    private @Nullable Waiter<? super @Nullable Void> waiter;
    private @Nullable Greenlet<?> occupant; // its operation has begun; it waits, or was woken and has not run yet

    Readiness(SelectedChannel channel, int operation, String description) {
        this.channel = channel;
        this.operation = (byte) operation;
        this.description = description;
    }

    /**
     * Tries {@code operation} until it is done, and returns its result; waits between the attempts. First throws if the channel
     * is closed, the caller was killed or another operation is under way; then nothing has been done.
     *
     * @param timeout how long to wait in all; null: without limit
     * @throws Busy if another operation is under way in this direction
     * @throws AsynchronousCloseException if the channel is closed during the wait
     * @throws dev.weft.DeadlineExceeded when the time is up
     */
    public <S, A> long perform(S subject, A argument, Operation<S, A> operation, @Nullable Duration timeout)
            throws IOException {
        begin();
        if (worthATry || operation.triesFirst(argument)) {
            long result = operation.attempt(subject, argument);
            if (result != Operation.AGAIN) {
                return result;
            }
        }
        occupant = Greenlet.current();
        try {
            return performWhenReady(subject, argument, operation, TimeLimit.of(timeout));
        } finally {
            occupant = null;
        }
    }

    /** The part of {@link #perform} that waits. The caller has {@linkplain #occupy occupied} the direction. */
    public <S, A> long performWhenReady(S subject, A argument, Operation<S, A> operation, @Nullable TimeLimit limit)
            throws IOException {
        long result;
        do {
            await(limit);
            result = operation.attempt(subject, argument);
        } while (result == Operation.AGAIN);
        return result;
    }

    /** An operation begins. Here it may throw or yield, so that one which throws {@link dev.weft.Cancelled} has done nothing. */
    private void begin() throws IOException {
        channel.requireUsable();
        Suspension.checkpoint();
        requireFree();
    }

    private void await(@Nullable TimeLimit limit) throws IOException {
        try {
            if (limit == null) {
                Suspension.await(this, null);
            } else {
                limit.await(this);
            }
        } catch (AsynchronousCloseException closedThere) {
            AsynchronousCloseException here = new AsynchronousCloseException();
            here.initCause(closedThere); // shows the closer's stack
            throw here;
        }
        if (!channel.isOpen()) { // closed after the wake-up
            throw new AsynchronousCloseException();
        }
    }

    /**
     * The calling greenlet begins a series of operations, between which nobody else may use the direction; {@link #vacate} must
     * follow.
     *
     * @throws Busy if another operation is under way
     */
    public void occupy() throws IOException {
        begin();
        occupant = Greenlet.current();
    }

    /** The series has ended. */
    public void vacate() {
        occupant = null;
    }

    /** An operation is about to begin; if it succeeded at once it could take the data of another that waits. */
    void requireFree() {
        if (waiter != null) {
            throw new Busy(this, waiter);
        }
        if (occupant != null) {
            throw new Busy(this, occupant);
        }
    }

    /** Throws as {@link SelectedChannel#requireUsable} does. */
    void requireUsable() throws IOException {
        channel.requireUsable();
    }

    int operation() {
        return operation;
    }

    /** From now on {@code newOperation}, of {@link SelectionKey}, is waited for: a channel that has connected is to be written. */
    public void become(int newOperation) {
        channel.remove(operation);
        operation = (byte) newOperation;
    }

    /** Whether an attempt may succeed; if not, wait first. */
    public boolean isWorthATry() {
        return worthATry;
    }

    /** An operation succeeded, and more may be possible. */
    public void noteProgress() {
        known = false;
    }

    /** An operation found nothing to do, or used up all there was. */
    public void noteDrained() {
        worthATry = false;
        known = false;
        unused = 0;
    }

    /** A byte channel transferred {@code count} bytes where it could have transferred {@code room}. */
    public void noteTransfer(long count, long room) {
        if (count >= 0 && count < room) {
            noteDrained(); // a short read has emptied the socket, a short write has filled it
        } else if (count > 0) {
            noteProgress();
        }
    }

    /** A layer above the channel holds data, so the next operation need not wait, whatever the channel says. */
    public void noteBuffered() {
        worthATry = true;
        known = true;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void subscribe(Waiter<? super @Nullable Void> subscriber) {
        boolean isUnderWay = occupant != null && occupant == Greenlet.current();
        if (!isUnderWay) {
            requireFree();
        }
        try {
            channel.requireUsable();
            if (!known) {
                channel.add(operation);
                waiter = subscriber;
            }
        } catch (ClosedChannelException e) { // an operation that has begun was interrupted by the close
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

    /** The direction has changed without the selector's knowledge, as by a half-close: a waiting operation tries again. */
    public void wake() {
        report(false);
    }

    /** From the selector, which {@code hadSlept} or was only looked at. */
    @SuppressWarnings("NullAway") // a Void is always null
    void report(boolean hadSlept) {
        Waiter<? super @Nullable Void> subscriber = waiter;
        if (!isPermanent() || (subscriber == null && (hadSlept || ++unused > UNUSED_REPORTS))) {
            channel.remove(operation);
        }
        worthATry = true;
        known = true;
        if (subscriber != null) {
            waiter = null;
            unused = 0;
            subscriber.succeed(null);
        }
    }

    /** Whether the selector is asked permanently, and not only while somebody waits. */
    private boolean isPermanent() {
        return (operation & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT)) != 0;
    }

    /** The channel was closed. */
    void fail(Supplier<? extends IOException> failure) {
        Waiter<? super @Nullable Void> subscriber = waiter;
        if (subscriber != null) {
            waiter = null;
            subscriber.fail(failure.get());
        }
    }

    @Override
    public String toString() {
        return channel.owner() + " to be " + description;
    }
}
