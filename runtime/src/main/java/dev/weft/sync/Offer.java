package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.lowlevel.ForwardingWaiter;
import dev.weft.lowlevel.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A value that wants to be sent, and the place of its sender in the queue. Belongs to the thread of the channel's home. */
final class Offer<T> extends ForwardingWaiter<@Nullable Void> implements Awaitable<@Nullable Void> {
    final T value;
    private final Exchange<T> exchange;
    private @Nullable Waiter<? super @Nullable Void> sender;

    Offer(Exchange<T> exchange, T value) {
        this.exchange = exchange;
        this.value = value;
    }

    @Override
    public void subscribe(Waiter<? super @Nullable Void> waiter) {
        if (sender != null) {
            throw new Busy(this, sender);
        }
        sender = waiter;
        exchange.send(this);
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
        if (sender == waiter) {
            exchange.forget(this);
            sender = null;
        }
        return true;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void succeed(@Nullable Void taken) {
        sent().succeed(null);
    }

    @Override
    public void fail(Throwable failure) {
        sent().fail(failure);
    }

    private Waiter<? super @Nullable Void> sent() {
        Waiter<? super @Nullable Void> present = receiver();
        sender = null;
        return present;
    }

    @Override
    protected Waiter<? super @Nullable Void> receiver() {
        return Objects.requireNonNull(sender, "nobody offers this");
    }

    @Override
    public String toString() {
        return "send to " + exchange;
    }
}
