package dev.weft.bench.cost;

import dev.weft.Greenlet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Greenlets whose yields take three trips instead of one. */
final class SlowTasks extends Tasks<Greenlet<@Nullable Void>> {
    private final GreenletTasks greenlets;

    SlowTasks(GreenletTasks greenlets) {
        this.greenlets = greenlets;
    }

    @Override
    void yieldNow() {
        for (int trip = 0; trip < 3; trip++) {
            greenlets.yieldNow();
        }
    }

    @Override
    void run(Runnable body) {
        greenlets.run(body);
    }

    @Override
    Greenlet<@Nullable Void> spawn(Runnable body) {
        return greenlets.spawn(body);
    }

    @Override
    void join(Greenlet<@Nullable Void> task) {
        greenlets.join(task);
    }

    @Override
    void await(CompletableFuture<Void> future) {
        greenlets.await(future);
    }

    @Override
    Gate newGate() {
        return greenlets.newGate();
    }

    @Override
    Conduit newConduit(int capacity) {
        return greenlets.newConduit(capacity);
    }
}
