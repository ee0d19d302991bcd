package dev.weft.bench.scale;

import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;

/** How late the latest one was. Any thread. */
final class Lateness {
    private final LongAccumulator latestNanos = new LongAccumulator(Math::max, 0);

    /** To be called by one whose rest is over, with when it should have been. */
    void over(long deadlineNanos) {
        latestNanos.accumulate(System.nanoTime() - deadlineNanos);
    }

    void forget() {
        latestNanos.reset();
    }

    Map<String, Object> figures() {
        return Map.of("latestMillisAfterDeadline", latestNanos.get() / 1_000_000);
    }
}
