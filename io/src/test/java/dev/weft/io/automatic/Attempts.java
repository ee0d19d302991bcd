package dev.weft.io.automatic;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A service that fails until it is repaired, and counts how often it was tried and by how many at once. */
final class Attempts {
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private volatile boolean repaired;

    String attempt() throws IOException {
        made.incrementAndGet();
        if (!repaired) {
            throw new IOException("broken");
        }
        return "done";
    }

    void repair() {
        repaired = true;
    }

    int made() {
        return made.get();
    }

    /** Counts the callers that are between this and {@link #leave}. */
    void enter() {
        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
    }

    void leave() {
        inside.decrementAndGet();
    }

    int inside() {
        return inside.get();
    }

    int mostAtOnce() {
        return most.get();
    }
}
