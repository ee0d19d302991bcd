package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How many messages a sender may send still: each takes a credit, and the receiver grants new ones as it has taken messages in. A wait
 * for it takes one, first come, first served. Confined to the cluster's loop.
 *
 * <p>This is the flow control of Reactive Streams and of AMQP.
 */
final class Credits implements Awaitable<@Nullable Void> {
    private final String description;
    private final WaitQueue<@Nullable Void> waiting = new WaitQueue<>();
    private long available;
    private @Nullable Supplier<? extends RuntimeException> end;

    Credits(String description, long initial) {
        this.description = description;
        available = initial;
    }

    /** Takes a credit if there is one. Nobody waits then, as a grant serves those who wait first. */
    boolean tryTake() {
        if (end != null) {
            throw end.get();
        }
        if (available == 0) {
            return false;
        }
        available--;
        return true;
    }

    @SuppressWarnings("NullAway") // a Void is always null
    void grant(long more) {
        available += more;
        while (available > 0) {
            Waiter<? super @Nullable Void> next = waiting.poll();
            if (next == null) {
                return;
            }
            available--;
            next.succeed(null);
        }
    }

    /** Makes all waits, those of now and later ones, fail. */
    void end(Supplier<? extends RuntimeException> why) {
        if (end == null) {
            end = why;
            waiting.failAll(why);
        }
    }

    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void subscribe(Waiter<? super @Nullable Void> waiter) {
        if (end != null) {
            waiter.fail(end.get());
        } else if (available == 0) {
            waiting.add(waiter);
        } else if (waiter.tryClaim()) {
            available--;
            waiter.succeed(null);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
        waiting.remove(waiter);
        return true;
    }

    @Override
    public String toString() {
        return description;
    }
}
