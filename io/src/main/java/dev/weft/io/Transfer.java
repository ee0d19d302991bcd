package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.lowlevel.ForwardingWaiter;
import dev.weft.lowlevel.Waiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operation on a channel that is tried at once, and again whenever its direction becomes ready, until it is done: the
 * explicit form of reading, writing and accepting. For one wait at a time; may be awaited again. It is itself the waiter
 * for the readiness, so it allocates nothing more. Belongs to the loop's thread.
 */
final class Transfer<T> extends ForwardingWaiter<@Nullable Void> implements Awaitable.Checked<T, IOException> {
    private final Readiness direction;
    private final Attempt<T> attempt;
    private final String description;
    private final @Nullable ByteBuffer buffer;
    private @Nullable Waiter<? super T> waiter;
    private boolean tried; // and found nothing

    /** One try. */
    @FunctionalInterface
    interface Attempt<T> {
        /** The result; null if the channel was not ready after all, which has been noted in its readiness. */
        @Nullable T get() throws IOException;
    }

    /** On {@code buffer}, if there is one: when it is empty there is nothing to wait for. */
    Transfer(Readiness direction, String description, @Nullable ByteBuffer buffer, Attempt<T> attempt) {
        this.direction = direction;
        this.description = description;
        this.buffer = buffer;
        this.attempt = attempt;
    }

    @Override
    public void subscribe(Waiter<? super T> subscriber) {
        if (waiter != null) {
            throw new Busy(this, waiter);
        }
        waiter = subscriber;
        tried = false;
        try {
            go();
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

    /** Tries at once if that is worth it, or else when the direction is ready. */
    private void go() {
        if (direction.isWorthATry() || (buffer != null && !buffer.hasRemaining())) {
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

    /** The direction is ready. In a select that has been won elsewhere nothing must be read any more. */
    @Override
    public void succeed(@Nullable Void ready) {
        Waiter<? super T> subscriber = waiter;
        if (subscriber == null || !subscriber.tryBeginClaim()) {
            return;
        }
        T result;
        try {
            result = attempt.get();
        } catch (Throwable t) { // also when memory for a copy is short: an error here must not hit the selector
            subscriber.keepClaim();
            fail(t);
            return;
        }
        if (result == null) {
            subscriber.giveClaimBack();
            tried = true;
            go();
        } else {
            subscriber.keepClaim();
            waiter = null;
            subscriber.succeed(result);
        }
    }

    @Override
    public void fail(Throwable failure) {
        Waiter<? super T> subscriber = waiter;
        waiter = null;
        if (subscriber != null) {
            boolean closedInTheMidst = tried && failure instanceof ClosedChannelException;
            subscriber.fail(closedInTheMidst ? new AsynchronousCloseException() : failure);
        }
    }

    @Override
    protected Waiter<? super T> receiver() {
        return Objects.requireNonNull(waiter, "nobody waits for this transfer");
    }

    @Override
    public String toString() {
        return description;
    }
}
