package dev.weft.spi;

import org.jspecify.annotations.Nullable;

/**
 * A waiter that stands between an awaitable and the one who really waits, and passes the completion on to that one, as it is
 * or made into something else. What others compete for and ask after is the receiver's: a value is never handed to the one
 * in between for a receiver that has just been served elsewhere.
 *
 * <pre>{@code
 * final class Lines extends ForwardingWaiter<ByteBuffer> implements Awaitable<String> {
 *     public void subscribe(Waiter<? super String> waiter) { receiver = waiter; source.subscribe(this); }
 *     public void succeed(ByteBuffer bytes)                { receiver.succeed(decode(bytes)); }
 *     ...
 * }
 * }</pre>
 *
 * <p>Belongs to the thread of the awaitable that completes it, as every {@link Waiter}.
 */
public abstract class ForwardingWaiter<T extends @Nullable Object> extends Waiter<T> {
    /** For subclasses: one whose receiver is known by the time it is subscribed. */
    protected ForwardingWaiter() {}

    /** Whom the completion is passed on to; asked only while that one waits. */
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
