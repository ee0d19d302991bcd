package dev.weft.scheduler;

import dev.weft.LatencyHistogram;
import dev.weft.LatencyHistogram.Bucket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The counts behind a {@link LatencyHistogram}, two kilobytes: one for each nanosecond up to 15, then eight for each power of
 * two up to two minutes. Written by one thread, read by any.
 */
final class LatencyCounts {
    private static final int BITS = 3; // of a duration that its bucket keeps, apart from the highest one
    private static final long LONGEST_NANOS = (1L << 37) - 1;

    private final long[] counts = new long[indexOf(LONGEST_NANOS) + 1];

    /** Counts {@code nanos}; a negative duration, of a clock that was set back, as zero. */
    void add(long nanos) {
        counts[indexOf(Math.clamp(nanos, 0, LONGEST_NANOS))]++;
    }

    /** Returns the counts so far. Any thread. */
    LatencyHistogram snapshot() {
        List<Bucket> buckets = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            long count = counts[i];
            if (count > 0) {
                buckets.add(new Bucket(Duration.ofNanos(longestAt(i)), count));
            }
        }
        return new LatencyHistogram(buckets);
    }

    private static int indexOf(long nanos) {
        int shift = Math.max(0, Long.SIZE - 1 - BITS - Long.numberOfLeadingZeros(nanos));
        return (shift << BITS) + (int) (nanos >>> shift);
    }

    private static long longestAt(int index) {
        int shift = Math.max(0, (index >> BITS) - 1);
        long mantissa = index - ((long) shift << BITS);
        return ((mantissa + 1) << shift) - 1;
    }
}
