package dev.weft;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A histogram of durations: how many fell into each bucket. The buckets grow with the duration, eight for each power of two
 * nanoseconds, so every figure is at most an eighth too high (the layout of HdrHistogram). Immutable.
 *
 * @param buckets the buckets that are not empty, shortest durations first
 */
public record LatencyHistogram(List<Bucket> buckets) {
    /** A histogram without durations. */
    public static final LatencyHistogram EMPTY = new LatencyHistogram(List.of());

    private static final double ALL = 100;

    /**
     * One bucket.
     *
     * @param upTo the longest duration that belongs here
     * @param count the number of durations
     */
    public record Bucket(Duration upTo, long count) {}

    public LatencyHistogram {
        buckets = List.copyOf(buckets);
    }

    /** Returns the number of durations. */
    public long count() {
        long count = 0;
        for (Bucket bucket : buckets) {
            count += bucket.count;
        }
        return count;
    }

    /** Returns the sum of all durations, too high by a sixteenth on average. */
    public Duration total() {
        Duration total = Duration.ZERO;
        for (Bucket bucket : buckets) {
            total = total.plus(bucket.upTo.multipliedBy(bucket.count));
        }
        return total;
    }

    /** Returns the longest duration; zero if there is none. */
    public Duration max() {
        return percentile(ALL);
    }

    /**
     * Returns the duration that {@code percent} of all durations do not exceed; zero if there is none.
     *
     * @param percent from 0 to 100, such as 99.9
     * @throws IllegalArgumentException if {@code percent} is not in this range
     */
    public Duration percentile(double percent) {
        if (!(percent >= 0 && percent <= ALL)) {
            throw new IllegalArgumentException("a percentile is from 0 to 100: " + percent);
        }
        long wanted = Math.max(1, (long) Math.ceil(count() * percent / ALL));
        long seen = 0;
        for (Bucket bucket : buckets) {
            seen += bucket.count;
            if (seen >= wanted) {
                return bucket.upTo;
            }
        }
        return Duration.ZERO;
    }

    /** Returns what has been added since {@code earlier}, an earlier snapshot of the same histogram. */
    public LatencyHistogram since(LatencyHistogram earlier) {
        List<Bucket> added = new ArrayList<>();
        int place = 0;
        for (Bucket bucket : buckets) {
            while (place < earlier.buckets.size()
                    && earlier.buckets.get(place).upTo.compareTo(bucket.upTo) < 0) {
                place++;
            }
            boolean isKnown = place < earlier.buckets.size()
                    && earlier.buckets.get(place).upTo.equals(bucket.upTo);
            long count = isKnown ? bucket.count - earlier.buckets.get(place).count : bucket.count;
            if (count > 0) {
                added.add(new Bucket(bucket.upTo, count));
            }
        }
        return new LatencyHistogram(added);
    }
}
