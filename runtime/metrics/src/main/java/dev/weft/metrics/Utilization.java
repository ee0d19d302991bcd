package dev.weft.metrics;

import dev.weft.Loop;
import dev.weft.LoopStatistics;

/** The share of the time since the last question in which a loop was busy. Any thread. */
final class Utilization {
    private static final long LEAST_NANOS = 1_000_000; // a question sooner than that gets the last answer

    private final Loop loop;
    private LoopStatistics before;
    private double latest;

    Utilization(Loop loop) {
        this.loop = loop;
        before = loop.statistics();
    }

    synchronized double latest() {
        LoopStatistics now = loop.statistics();
        long busy = now.busy().minus(before.busy()).toNanos();
        long idle = now.idle().minus(before.idle()).toNanos();
        if (busy + idle >= LEAST_NANOS) {
            latest = Math.clamp((double) busy / (busy + idle), 0.0, 1.0);
            before = now;
        }
        return latest;
    }
}
