package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.spi.BackPressure;
import dev.weft.spi.ForwardingWaiter;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A value to be sent, with its sender's place in the queue. Confined to the thread of the channel's home. */
final class PendingSend<T> extends ForwardingWaiter<@Nullable Void> implements Awaitable<@Nullable Void>, BackPressure {
    final T value;
    private final ChannelState<T> state;
    private @Nullable Waiter<? super @Nullable Void> sender;

    PendingSend(ChannelState<T> state, T value) {
        this.state = state;
        this.value = value;
    }

    void usedBy(long user) {
        state.sentBy.note(user);
    }

    @Override
    public Owners owners() {
        return state.ownersOfSend();
    }

    @Override
    public void subscribe(Waiter<? super @Nullable Void> waiter) {
        if (sender != null) {
            throw new Busy(this, sender);
        }
        sender = waiter;
        state.send(this);
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
        if (sender == waiter) {
            state.forget(this);
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
        return Objects.requireNonNull(sender, "nobody awaits this");
    }

    @Override
    public String full() {
        return state.toString();
    }

    @Override
    public String toString() {
        return "send to " + state;
    }
}
