package dev.weft.lint;

import dev.weft.loop.GroupWatch;
import dev.weft.spi.Measured;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Consumer;

/** An unbounded channel that is large has grown in each of the last ten looks. */
final class GrowingChannel implements Lint {
    private static final int LOOKS = 10;

    private final GroupWatch watch;
    private final Map<Measured, Trend> trends = new WeakHashMap<>(); // no channel overrides equals

    private static final class Trend {
        private int size;
        private int rises; // in a row
        private long sinceNanos;
    }

    GrowingChannel(GroupWatch watch) {
        this.watch = watch;
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        watch.forEachGrown(channel -> {
            Trend trend = trends.computeIfAbsent(channel, key -> new Trend());
            int size = channel.size();
            if (size > trend.size) {
                trend.rises++;
            } else {
                trend.rises = 0;
                trend.sinceNanos = nowNanos;
            }
            trend.size = size;
            if (trend.rises > LOOKS) {
                found.accept(finding(channel, size, nowNanos - trend.sinceNanos));
            }
        });
    }

    private static Finding finding(Measured channel, int size, long lastingNanos) {
        return Finding.of(
                "channel-grows",
                channel.toString(),
                channel + " holds " + size + " values and has only grown for " + lastingNanos / 1_000_000_000 + " s",
                "Use a bounded channel, so that senders wait, or one that drops values.",
                lastingNanos);
    }
}
