package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/** A wait from outside the home loop for {@code target}, an awaitable that may be used only at home. */
class RemoteWait<T extends @Nullable Object> extends CrossLoopAwaitable<T> {
    private final Awaitable<T> target;

    RemoteWait(HomeGateway gateway, Awaitable<T> target) {
        super(gateway);
        this.target = target;
    }

    @Override
    final void subscribeAtHome(Waiter<? super T> waiter) {
        target.subscribe(waiter);
    }

    @Override
    final void unsubscribeAtHome(Waiter<? super T> waiter) {
        target.unsubscribe(waiter);
    }

    @Override
    public final Owners owners() {
        return target.owners();
    }

    @Override
    public final String toString() {
        return target.toString();
    }
}
