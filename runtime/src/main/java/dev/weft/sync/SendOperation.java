package dev.weft.sync;

import dev.weft.spi.BackPressure;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/** An awaitable send, on any loop. */
final class SendOperation<T> extends CrossLoopAwaitable<@Nullable Void> implements BackPressure {
    private final PendingSend<T> pending;

    SendOperation(HomeGateway gateway, ChannelState<T> state, T value) {
        super(gateway);
        pending = new PendingSend<>(state, value);
    }

    @Override
    void usedBy(long user) {
        pending.usedBy(user);
    }

    @Override
    public Owners owners() {
        return pending.owners();
    }

    @Override
    void subscribeAtHome(Waiter<? super @Nullable Void> waiter) {
        pending.subscribe(waiter);
    }

    @Override
    void unsubscribeAtHome(Waiter<? super @Nullable Void> waiter) {
        pending.unsubscribe(waiter);
    }

    @Override
    public String full() {
        return pending.full();
    }

    @Override
    public String toString() {
        return pending.toString();
    }
}
