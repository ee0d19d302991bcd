package dev.weft.sync;

import dev.weft.spi.Waiter;

/** A receive as something to be awaited, on any loop. At home it has no state, and may be awaited by many at once. */
final class ReceiveOperation<T> extends CrossLoopAwaitable<T> {
    private final ChannelState<T> state;

    ReceiveOperation(HomeGateway gateway, ChannelState<T> state) {
        super(gateway);
        this.state = state;
    }

    @Override
    void subscribeAtHome(Waiter<? super T> waiter) {
        state.receive(waiter);
    }

    @Override
    void unsubscribeAtHome(Waiter<? super T> waiter) {
        state.forget(waiter);
    }

    @Override
    public String toString() {
        return "receive from " + state;
    }
}
