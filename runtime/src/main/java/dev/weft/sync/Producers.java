package dev.weft.sync;

import java.util.concurrent.atomic.AtomicInteger;

/** The number of open handles of a channel. Any thread. */
final class Producers {
    private static final int ALL_LEFT = -1;

    private final AtomicInteger open = new AtomicInteger();

    /** Counts one more; returns false if all have left before. */
    boolean tryEnter() {
        return open.updateAndGet(now -> now == ALL_LEFT ? ALL_LEFT : now + 1) != ALL_LEFT;
    }

    /** Counts one less; returns whether it was the last. */
    boolean leave() {
        return open.updateAndGet(now -> now == 1 ? ALL_LEFT : now - 1) == ALL_LEFT;
    }
}
