package dev.weft.sync;

import dev.weft.lowlevel.Waiter;

/** A receive as something to be awaited, on any loop. At home it has no state, and may be awaited by many at once. */
final class Receiving<T> extends Homed<T> {
    private final Exchange<T> exchange;

    Receiving(Door door, Exchange<T> exchange) {
        super(door);
        this.exchange = exchange;
    }

    @Override
    void arrive(Waiter<? super T> waiter) {
        exchange.receive(waiter);
    }

    @Override
    void depart(Waiter<? super T> waiter) {
        exchange.forget(waiter);
    }

    @Override
    public String toString() {
        return "receive from " + exchange;
    }
}
