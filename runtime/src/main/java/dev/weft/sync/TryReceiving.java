package dev.weft.sync;

import dev.weft.lowlevel.Waiter;
import java.util.Optional;

/** A look from elsewhere at what is there: it waits for the way there and back, and for no sender. */
final class TryReceiving<T> extends Homed<Optional<T>> {
    private final Exchange<T> exchange;

    TryReceiving(Door door, Exchange<T> exchange) {
        super(door);
        this.exchange = exchange;
    }

    @Override
    void arrive(Waiter<? super Optional<T>> waiter) {
        if (waiter.tryClaim()) {
            waiter.succeed(Optional.ofNullable(exchange.poll()));
        }
    }

    @Override
    void depart(Waiter<? super Optional<T>> waiter) {}

    @Override
    public String toString() {
        return "look at " + exchange;
    }
}
