package dev.weft.metrics;

import dev.weft.LatencyHistogram;
import dev.weft.Loop;
import dev.weft.LoopStatistics;
import java.time.Duration;

/** The scheduling latency of a loop since the last question. Any thread. */
final class RecentLatency {
    private static final Duration LEAST = Duration.ofSeconds(1); // questions sooner than that get the last answer

    private final Loop loop;
    private LoopStatistics before;
    private LatencyHistogram latest = LatencyHistogram.EMPTY;

    RecentLatency(Loop loop) {
        this.loop = loop;
        before = loop.statistics();
    }

    synchronized Duration percentile(double percent) {
        LoopStatistics now = loop.statistics();
        if (age(now).minus(age(before)).compareTo(LEAST) >= 0) {
            latest = now.latency().since(before.latency());
            before = now;
        }
        return latest.percentile(percent);
    }

    private static Duration age(LoopStatistics statistics) {
        return statistics.busy().plus(statistics.idle());
    }
}
