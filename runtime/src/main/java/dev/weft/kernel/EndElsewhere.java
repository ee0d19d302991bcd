package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.lowlevel.Waiter;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The end of a greenlet, for one of another loop, which hears of it through a future. For one wait. */
final class EndElsewhere<T extends @Nullable Object> implements Awaitable<T> {
    private final GreenletTask<T> greenlet;
    private final FutureCompletion<T> link;
    private final Awaitable<T> end;

    EndElsewhere(GreenletTask<T> greenlet) {
        this.greenlet = greenlet;
        CompletableFuture<T> future = new CompletableFuture<>();
        link = new FutureCompletion<>(future);
        end = Awaits.stage(future, greenlet);
    }

    @Override
    public void subscribe(Waiter<? super T> waiter) {
        end.subscribe(waiter);
        greenlet.tellAtEnd(link);
    }

    @Override
    public boolean unsubscribe(Waiter<? super T> waiter) {
        greenlet.loop.onLoop(() -> greenlet.unsubscribe(link)); // else it would count as having heard of a failure
        return end.unsubscribe(waiter);
    }

    @Override
    public String toString() {
        return greenlet.toString();
    }
}
