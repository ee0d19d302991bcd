package dev.weft.spi;

import org.jspecify.annotations.Nullable;

/**
 * A waiter that sits between an awaitable and the actual receiver, and forwards the completion to it, unchanged or
 * transformed. It uses the receiver's claim and party, so a value is never handed over for a receiver that has just been
 * completed elsewhere.
 *
 * <pre>{@code
 * final class Lines extends ForwardingWaiter<ByteBuffer> implements Awaitable<String> {
 *     public void subscribe(Waiter<? super String> waiter) { receiver = waiter; source.subscribe(this); }
 *     public void succeed(ByteBuffer bytes)                { receiver.succeed(decode(bytes)); }
 *     ...
 * }
 * }</pre>
 *
 * <p>Like every {@link Waiter}, it must be used on the thread of the awaitable that completes it.
 */
public abstract class ForwardingWaiter<T extends @Nullable Object> extends Waiter<T> {
    /** For subclasses. The receiver must be known by the time this waiter is subscribed. */
    protected ForwardingWaiter() {}

    /** Returns the waiter that gets the completion. Called only while that waiter is pending. */
    protected abstract Waiter<?> receiver();

    @Override
    public final @Nullable Claim claim() {
        return receiver().claim();
    }

    @Override
    public final Claim share() {
        return receiver().share();
    }

    @Override
    public final Object claimant() {
        return receiver().claimant();
    }

    @Override
    public final Object party() {
        return receiver().party();
    }
}
