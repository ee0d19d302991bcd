package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.spi.ForwardingWaiter;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An awaitable that transforms the outcome of another one, and is itself the waiter in between. For one wait at a time.
 *
 * @param <A> the source's value
 * @param <B> this awaitable's value
 */
abstract class Relay<A, B> extends ForwardingWaiter<A> implements Awaitable<B> {
    private final Awaitable<A> source;
    private @Nullable Waiter<? super B> receiver;

    Relay(Awaitable<A> source) {
        this.source = source;
    }

    /** Completes {@code waiter} with the transformed {@code value}. */
    abstract void pass(A value, Waiter<? super B> waiter);

    /** Completes {@code waiter} for {@code failure}, which is passed on unless overridden. */
    void passFailure(Throwable failure, Waiter<? super B> waiter) {
        waiter.fail(failure);
    }

    @Override
    public void subscribe(Waiter<? super B> waiter) {
        if (receiver != null) {
            throw new Busy(this, receiver);
        }
        receiver = waiter;
        try {
            source.subscribe(this);
        } catch (RuntimeException | Error e) {
            receiver = null;
            throw e;
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super B> waiter) {
        if (!source.unsubscribe(this)) {
            return false;
        }
        receiver = null;
        return true;
    }

    @Override
    public void succeed(A value) {
        pass(value, done());
    }

    @Override
    public void fail(Throwable failure) {
        passFailure(failure, done());
    }

    private Waiter<? super B> done() {
        Waiter<? super B> present = receiver();
        receiver = null;
        return present;
    }

    @Override
    protected final Waiter<? super B> receiver() {
        return Objects.requireNonNull(receiver, "nobody awaits this");
    }

    @Override
    public Owners owners() {
        return source.owners();
    }

    @Override
    public String toString() {
        return source.toString();
    }
}
