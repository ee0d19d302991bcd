package dev.weft.sync;

import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;

/** An awaitable receive, on any loop. At home it is stateless and supports concurrent waits. */
final class ReceiveOperation<T> extends CrossLoopAwaitable<T> {
    private final ChannelState<T> state;

    ReceiveOperation(HomeGateway gateway, ChannelState<T> state) {
        super(gateway);
        this.state = state;
    }

    @Override
    void usedBy(long user) {
        state.receivedBy.note(user);
    }

    @Override
    public Owners owners() {
        return state.ownersOfReceive();
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
