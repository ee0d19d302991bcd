package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The number of a server's connections, as something to wait for. Several may wait, as several may stop a server. Confined to the
 * server's home loop.
 */
final class Occupancy implements Awaitable<@Nullable Void> {
    private final WaitQueue<@Nullable Void> waiters = new WaitQueue<>();
    private final BooleanSupplier isSatisfied;
    private final String description;

    /** Creates an instance that completes while {@code isSatisfied}; {@link #changed} tells when that may have changed. */
    Occupancy(BooleanSupplier isSatisfied, String description) {
        this.isSatisfied = isSatisfied;
        this.description = description;
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void subscribe(Waiter<? super @Nullable Void> subscriber) {
        if (isSatisfied.getAsBoolean()) {
            subscriber.succeed(null);
        } else {
            waiters.add(subscriber);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> subscriber) {
        waiters.remove(subscriber);
        return true;
    }

    @SuppressWarnings("NullAway") // a Void is always null
    void changed() {
        Waiter<? super @Nullable Void> subscriber;
        while (isSatisfied.getAsBoolean() && (subscriber = waiters.poll()) != null) {
            subscriber.succeed(null);
        }
    }

    @Override
    public String toString() {
        return description;
    }
}
