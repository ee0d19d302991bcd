package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/** An event that is not remembered: each {@link #signal} wakes those who wait at that moment. Confined to the thread of one loop. */
abstract class Pulse implements Awaitable<@Nullable Void> {
    private final WaitQueue<@Nullable Void> waiting = new WaitQueue<>();

    @Override
    public final void subscribe(Waiter<? super @Nullable Void> waiter) {
        waiting.add(waiter);
    }

    @Override
    public final boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
        waiting.remove(waiter);
        return true;
    }

    @SuppressWarnings("NullAway") // a Void is always null
    final void signal() {
        Waiter<? super @Nullable Void> waiter;
        while ((waiter = waiting.poll()) != null) {
            waiter.succeed(null);
        }
    }
}
