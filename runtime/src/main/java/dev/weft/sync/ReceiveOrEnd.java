package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.spi.Waiter;
import java.util.Optional;

/** A receive that returns empty at the end of the channel. */
final class ReceiveOrEnd<T> extends Relay<T, Optional<T>> {
    ReceiveOrEnd(Awaitable<T> receiving) {
        super(receiving);
    }

    @Override
    void pass(T value, Waiter<? super Optional<T>> waiter) {
        waiter.succeed(Optional.of(value));
    }

    @Override
    void passFailure(Throwable failure, Waiter<? super Optional<T>> waiter) {
        if (failure instanceof EndOfChannel) {
            waiter.succeed(Optional.empty());
        } else {
            waiter.fail(failure);
        }
    }
}
