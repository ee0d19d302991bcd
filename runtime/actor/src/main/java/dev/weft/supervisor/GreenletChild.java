package dev.weft.supervisor;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import java.time.Duration;

/** A greenlet as a child. */
record GreenletChild(Greenlet<?> greenlet) implements Child {
    @Override
    public Awaitable<?> end() {
        return greenlet;
    }

    @Override
    public void stop(Duration grace) {
        greenlet.kill("stopped by its supervisor");
    }

    @Override
    public void kill() {
        greenlet.killForcibly("killed by its supervisor");
    }

    @Override
    public String toString() {
        return greenlet.toString();
    }
}
