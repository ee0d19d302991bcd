package dev.weft.io.selector;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.spi.BackPressure;
import dev.weft.spi.ForwardingWaiter;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Operation} as an awaitable. It is tried immediately, and again whenever its direction becomes ready, until it
 * succeeds. Supports one wait at a time, and may be awaited repeatedly. It is itself the waiter for readiness, so that a wait
 * needs no further allocation. Confined to the loop's thread.
 *
 * @param <T> the type of the result
 */
public final class PendingOperation<S, A, T> extends ForwardingWaiter<@Nullable Void>
        implements Awaitable.Checked<T, IOException>, BackPressure {
    private final Readiness direction;
    private final String description;
    private final S subject;
    private final A argument;
    private final Operation<S, A> operation;
    private final Result<? extends T> result;
    private @Nullable Waiter<? super T> waiter;
    private boolean tried; // at least once, without success
    private boolean isLeft; // to a greenlet, which has not run yet

    /** A function from the operation's result to the awaitable's. */
    @FunctionalInterface
    public interface Result<T> {
        /** Returns the awaitable's result, given the value that the last attempt returned. */
        T of(long done) throws IOException;
    }

    /**
     * Creates an operation that has not started.
     *
     * @param description the text shown by timeouts and in lists of greenlets
     */
    public PendingOperation(
            Readiness direction,
            String description,
            S subject,
            A argument,
            Operation<S, A> operation,
            Result<? extends T> result) {
        this.direction = direction;
        this.description = description;
        this.subject = subject;
        this.argument = argument;
        this.operation = operation;
        this.result = result;
    }

    @Override
    public void subscribe(Waiter<? super T> subscriber) {
        if (waiter != null) {
            throw new Busy(this, waiter);
        }
        waiter = subscriber;
        tried = false;
        try {
            tryOrWait();
        } catch (RuntimeException | Error e) {
            waiter = null;
            throw e;
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super T> subscriber) {
        waiter = null;
        direction.unsubscribe(this);
        return true;
    }

    private void tryOrWait() {
        if (direction.isWorthATry() || (!tried && triesFirst())) {
            try {
                direction.requireUsable();
            } catch (IOException e) {
                fail(e);
                return;
            }
            direction.requireFree();
            attempt();
        } else {
            direction.subscribe(this);
        }
    }

    /** Also true for what is left to a greenlet once the direction is ready: a deadline that has passed may be faster than that. */
    private boolean triesFirst() {
        return operation.triesFirst(argument) || !operation.suitsPass();
    }

    /** Called when the direction is ready, on the loop's thread. What does not suit the pass is left to a greenlet. */
    @Override
    public void succeed(@Nullable Void ready) {
        if (operation.suitsPass()) {
            attempt();
        } else if (operation.prepare(subject)) {
            direction.keepFor(this);
            if (!isLeft) {
                isLeft = true;
                direction.loop().execute(this::attemptNow);
            }
        } else {
            direction.subscribe(this);
        }
    }

    private void attemptNow() {
        isLeft = false;
        direction.unsubscribe(this);
        attempt();
    }

    /** Tries once. Does nothing if another clause has won the select, because it must not read then. */
    private void attempt() {
        Waiter<? super T> subscriber = waiter;
        if (subscriber == null || !subscriber.tryBeginClaim()) {
            return;
        }
        long done;
        T value = null;
        try {
            done = operation.attempt(subject, argument);
            if (done != Operation.AGAIN) {
                value = result.of(done);
            }
        } catch (Throwable t) { // including errors such as OutOfMemoryError, which must not reach the selector
            subscriber.keepClaim();
            fail(t);
            return;
        }
        if (value == null) {
            subscriber.giveClaimBack();
            tried = true;
            tryOrWait();
        } else {
            subscriber.keepClaim();
            waiter = null;
            subscriber.succeed(value);
        }
    }

    @Override
    public void fail(Throwable failure) {
        Waiter<? super T> subscriber = waiter;
        waiter = null;
        if (subscriber != null) {
            boolean closedMeanwhile = tried && failure instanceof ClosedChannelException;
            subscriber.fail(closedMeanwhile ? new AsynchronousCloseException() : failure);
        }
    }

    @Override
    protected Waiter<? super T> receiver() {
        return Objects.requireNonNull(waiter, "no greenlet waits for this operation");
    }

    @Override
    public Owners owners() {
        return direction.owners();
    }

    @Override
    public String full() {
        return direction.full();
    }

    @Override
    public String toString() {
        return description;
    }
}
