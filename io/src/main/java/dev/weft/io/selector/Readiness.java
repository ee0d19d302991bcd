package dev.weft.io.selector;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.io.internal.TimeLimit;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.BackPressure;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The readiness of one direction of a channel. {@link #perform} repeats an operation until it succeeds. One greenlet at a time
 * may use a direction. Confined to the loop's thread.
 *
 * <p>It remembers the outcome of previous operations. After {@link #noteDrained} an operation would fail, so it waits before its
 * first attempt. Otherwise it tries first. The direction is known to be ready, so that a wait for it completes immediately, only
 * between a report by the selector and the next operation ({@link #noteProgress}).
 *
 * <p>Interest in reads is registered with the selector permanently, interest in writes only while a greenlet waits. A report
 * without a waiter has one of two causes: the greenlet was woken and is still in the run queue, or there is data that no greenlet
 * reads. The latter would prevent the selector from ever blocking, so the interest is removed until the next wait: immediately if
 * the selector had been allowed to block, because then the run queue was empty, and otherwise after {@value #UNUSED_REPORTS}
 * reports.
 */
public final class Readiness implements Awaitable.Checked<@Nullable Void, IOException>, BackPressure {
    private static final int UNUSED_REPORTS = 64;
    private static final int PERMANENT = SelectionKey.OP_READ | SelectionKey.OP_ACCEPT;

    private final SelectedChannel channel;
    private final String description;
    private byte operation; // of SelectionKey; a byte, because every connection has two of these objects
    private boolean worthATry = true; // true for a new channel
    private boolean known; // reported ready, and no operation since
    private byte unused; // consecutive reports without a waiter
    private @Nullable Waiter<? super @Nullable Void> waiter;
    private @Nullable BooleanSupplier first; // to be done before anybody's operation; returns whether it is
    private @Nullable PassAttempt attempt; // created by the first operation that waits
    private @Nullable Greenlet<?> occupant; // its operation is in progress: it waits, or was woken and has not run yet

    Readiness(SelectedChannel channel, int operation, String description) {
        this.channel = channel;
        this.operation = (byte) operation;
        this.description = description;
    }

    /**
     * Tries {@code operation} until it succeeds, waiting between attempts, and returns its result. Before the first attempt,
     * throws if the channel is closed, the caller was killed or another operation is in progress.
     *
     * @param timeout the maximum total time to wait; null for no limit
     * @throws Busy if another operation is in progress in this direction
     * @throws AsynchronousCloseException if the channel is closed during the wait
     * @throws dev.weft.DeadlineExceeded if the timeout expires
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

    /**
     * The waiting part of {@link #perform}. The caller must have {@linkplain #occupy occupied} the direction. The poller makes the
     * attempts when the selector reports readiness, and wakes the greenlet once one has succeeded or failed.
     */
    public <S, A> long performWhenReady(S subject, A argument, Operation<S, A> operation, @Nullable TimeLimit limit)
            throws IOException {
        PassAttempt attempt = passAttempt();
        attempt.expect(subject, argument, operation);
        try {
            do {
                await(limit);
                if (attempt.isDone()) {
                    return attempt.result();
                }
                requireStillOpen();
            } while (attempt.make()
                    == Operation.AGAIN); // the direction was known to be ready, so the wait ended at once
            return attempt.result();
        } finally {
            attempt.forget();
        }
    }

    /** Returns the attempt that the poller makes for a waiting greenlet. */
    public PassAttempt passAttempt() {
        PassAttempt known = attempt;
        if (known == null) {
            known = new PassAttempt();
            attempt = known;
        }
        return known;
    }

    /** Begins an operation. May throw or yield, so that an operation that throws {@link dev.weft.Cancelled} has had no effect. */
    private void begin() throws IOException {
        channel.requireUsable();
        Suspension.checkpoint();
        requireStillOpen(); // others may have run
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
    }

    private void requireStillOpen() throws AsynchronousCloseException {
        if (!channel.isOpen()) {
            throw new AsynchronousCloseException();
        }
    }

    /**
     * Reserves the direction for a series of operations by the calling greenlet. Must be followed by {@link #vacate}.
     *
     * @throws Busy if another operation is in progress
     */
    public void occupy() throws IOException {
        begin();
        occupant = Greenlet.current();
    }

    /** Ends the series of operations. */
    public void vacate() {
        occupant = null;
    }

    /** Checks that no other operation is in progress, whose data a new one that succeeds immediately would take. */
    void requireFree() {
        if (waiter != null) {
            throw new Busy(this, waiter);
        }
        if (occupant != null) {
            throw new Busy(this, occupant);
        }
    }

    /** Checks the channel as {@link SelectedChannel#requireUsable} does. */
    void requireUsable() throws IOException {
        channel.requireUsable();
    }

    int operation() {
        return operation;
    }

    /** Replaces the {@link SelectionKey} operation to wait for, such as connecting by writing once a channel has connected. */
    public void become(int newOperation) {
        channel.remove(operation);
        operation = (byte) newOperation;
    }

    /** Returns whether an attempt may succeed. If not, the caller should wait first. */
    public boolean isWorthATry() {
        return worthATry;
    }

    /** Records that an operation succeeded and that another may be possible. */
    public void noteProgress() {
        worthATry = true;
        known = false;
        channel.dropReport(operation);
    }

    /** Records that an operation found the direction not ready, or exhausted it. */
    public void noteDrained() {
        worthATry = false;
        known = false;
        unused = 0;
        channel.dropReport(operation);
    }

    /** Records that a byte channel transferred {@code count} bytes where {@code room} were possible. */
    public void noteTransfer(long count, long room) {
        if (count >= 0 && count < room) {
            noteDrained(); // a short read emptied the socket; a short write filled it
        } else if (count > 0) {
            noteProgress();
        }
    }

    /** Records that a layer above the channel holds data, so the next operation need not wait, regardless of the channel. */
    public void noteBuffered() {
        worthATry = true;
        known = true;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void subscribe(Waiter<? super @Nullable Void> subscriber) {
        boolean inProgress = occupant != null && occupant == Greenlet.current();
        if (!inProgress) {
            requireFree();
        }
        try {
            channel.requireUsable();
            if (!known) {
                if (!channel.add(operation) && worthATry) {
                    channel.reportAgain(); // what the last operation left
                }
                waiter = subscriber;
            }
        } catch (ClosedChannelException e) { // the close interrupted an operation in progress
            subscriber.fail(inProgress ? new AsynchronousCloseException() : e);
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

    /** Reserves the direction for {@code subscriber}, which was told that it is ready, until it unsubscribes. */
    void keepFor(Waiter<? super @Nullable Void> subscriber) {
        waiter = subscriber;
    }

    /** Returns the loop whose selector the channel is on. */
    Loop loop() {
        return channel.loop();
    }

    /** Makes a waiting operation retry after a change that the selector does not report, such as a half-close. */
    public void wake() {
        report(false);
    }

    /** Called when the selector reports the direction ready. {@code hadSlept} is false if the selector was only polled. */
    @SuppressWarnings("NullAway") // a Void is always null
    void report(boolean hadSlept) {
        BooleanSupplier present = first;
        if (present != null && !present.getAsBoolean()) {
            return;
        }
        Waiter<? super @Nullable Void> subscriber = waiter;
        PassAttempt expected = attempt;
        if (subscriber != null && expected != null && expected.isExpected()) {
            make(expected, subscriber);
            return;
        }
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

    /** When the direction is ready, {@code task} is called first, again and again until it returns true. */
    void beforeOthers(BooleanSupplier task) throws IOException {
        first = task;
        channel.add(operation);
    }

    /** The task is done. */
    void endBeforeOthers() {
        first = null;
        if (waiter == null && !isPermanent()) {
            channel.remove(operation);
        }
    }

    /** Makes the {@code expected} attempt, for which {@code subscriber} waits. If it finds nothing, the wait goes on. */
    @SuppressWarnings("NullAway") // a Void is always null
    private void make(PassAttempt expected, Waiter<? super @Nullable Void> subscriber) {
        worthATry = true;
        known = true;
        unused = 0;
        byte awaited = operation;
        try {
            if (!expected.makeInPass()) {
                return;
            }
        } catch (Throwable t) { // also errors, such as no memory for a copy: they must not reach the selector
            expected.fail(t);
        }
        if ((awaited & PERMANENT) == 0) {
            channel.remove(awaited);
        }
        waiter = null;
        subscriber.succeed(null);
    }

    /** Returns whether interest is registered permanently rather than only while a greenlet waits. */
    private boolean isPermanent() {
        return (operation & PERMANENT) != 0;
    }

    /** Fails the waiter, if any, because the channel was closed. */
    void fail(Supplier<? extends IOException> failure) {
        Waiter<? super @Nullable Void> subscriber = waiter;
        if (subscriber != null) {
            waiter = null;
            subscriber.fail(failure.get());
        }
    }

    @Override
    public Owners owners() {
        return Owners.outside(operation == SelectionKey.OP_ACCEPT ? Owners.Kind.ACCEPT : Owners.Kind.SOCKET, this);
    }

    @Override
    public String full() {
        return operation == SelectionKey.OP_WRITE ? String.valueOf(channel.owner()) : "";
    }

    @Override
    public String toString() {
        return channel.owner() + " to be " + description;
    }
}
