package dev.weft.sync;

import dev.weft.spi.Waiter;
import java.util.Optional;

/** A {@code tryReceive} from outside the home loop: it waits for the home's answer, but not for a sender. */
final class TryReceiveOperation<T> extends CrossLoopAwaitable<Optional<T>> {
    private final ChannelState<T> state;

    TryReceiveOperation(HomeGateway gateway, ChannelState<T> state) {
        super(gateway);
        this.state = state;
    }

    @Override
    void subscribeAtHome(Waiter<? super Optional<T>> waiter) {
        if (waiter.tryClaim()) {
            waiter.succeed(Optional.ofNullable(state.poll()));
        }
    }

    @Override
    void unsubscribeAtHome(Waiter<? super Optional<T>> waiter) {}

    @Override
    public String toString() {
        return "tryReceive from " + state;
    }
}
