package dev.weft.io.selector;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.spi.ForwardingWaiter;
import dev.weft.spi.Waiter;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An {@link Operation} as an awaitable: tried at once, and again whenever its direction becomes ready, until it is done. One
 * wait at a time; it may be awaited again. It is itself the waiter for the readiness, so a wait allocates nothing more. Belongs
 * to the loop's thread.
 *
 * @param <T> the result
 */
public final class PendingOperation<S, A, T> extends ForwardingWaiter<@Nullable Void>
        implements Awaitable.Checked<T, IOException> {
    private final Readiness direction;
    private final String description;
    private final S subject;
    private final A argument;
    private final Operation<S, A> operation;
    private final Result<? extends T> result;
    private @Nullable Waiter<? super T> waiter;
    private boolean tried; // and found nothing

    /** Makes the awaitable's result of the operation's. */
    @FunctionalInterface
    public interface Result<T> {
        /** The result, given what the last attempt has returned. */
        T of(long done) throws IOException;
    }

    /**
     * An operation that has not begun.
     *
     * @param description what a timeout and the list of greenlets show
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
        if (direction.isWorthATry() || (!tried && operation.triesFirst(argument))) {
            try {
                direction.requireUsable();
            } catch (IOException e) {
                fail(e);
                return;
            }
            direction.requireFree();
            succeed(null);
        } else {
            direction.subscribe(this);
        }
    }

    /** The direction is ready. If a select was won by another clause, nothing may be read any more. */
    @Override
    public void succeed(@Nullable Void ready) {
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
        } catch (Throwable t) { // errors too, such as no memory for a copy: they must not reach the selector
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
        return Objects.requireNonNull(waiter, "nobody waits for this operation");
    }

    @Override
    public String toString() {
        return description;
    }
}
