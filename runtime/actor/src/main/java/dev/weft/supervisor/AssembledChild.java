package dev.weft.supervisor;

import dev.weft.Awaitable;
import java.time.Duration;
import java.util.function.Consumer;

/** A child made of an end and two actions. */
record AssembledChild(Awaitable<?> end, Consumer<? super Duration> stopping, Runnable killing) implements Child {
    @Override
    public void stop(Duration grace) {
        stopping.accept(grace);
    }

    @Override
    public void kill() {
        killing.run();
    }

    @Override
    public String toString() {
        return end.toString();
    }
}
