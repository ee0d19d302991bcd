package dev.weft.sync;

import dev.weft.lowlevel.Waiter;
import org.jspecify.annotations.Nullable;

/** A send as something to be awaited, on any loop. */
final class Sending<T> extends Homed<@Nullable Void> {
    private final Offer<T> offer;

    Sending(Door door, Exchange<T> exchange, T value) {
        super(door);
        offer = new Offer<>(exchange, value);
    }

    @Override
    void arrive(Waiter<? super @Nullable Void> waiter) {
        offer.subscribe(waiter);
    }

    @Override
    void depart(Waiter<? super @Nullable Void> waiter) {
        offer.unsubscribe(waiter);
    }

    @Override
    public String toString() {
        return offer.toString();
    }
}
