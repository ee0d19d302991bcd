package dev.weft.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.LatencyHistogram.Bucket;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LatencyCountsTest {
    private static long endOfBucket(long nanos) {
        LatencyCounts counts = new LatencyCounts();
        counts.add(nanos);
        List<Bucket> buckets = counts.snapshot().buckets();
        assertEquals(1, buckets.size());
        assertEquals(1, buckets.get(0).count());
        return buckets.get(0).upTo().toNanos();
    }

    @Test
    void aDurationIsReportedAtMostAnEighthTooHighAndNeverTooLow() {
        for (long nanos = 0; nanos < 16; nanos++) {
            assertEquals(nanos, endOfBucket(nanos));
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong(1L << random.nextInt(4, 37));
            long end = endOfBucket(nanos);
            assertTrue(end >= nanos && end - nanos <= nanos / 8, nanos + " is in the bucket up to " + end);
        }
    }

    @Test
    void whatIsOutOfRangeIsInTheFirstOrTheLastBucket() {
        assertEquals(0, endOfBucket(-5));
        assertEquals((1L << 37) - 1, endOfBucket((1L << 37) - 1));
        assertEquals((1L << 37) - 1, endOfBucket(Long.MAX_VALUE));
    }

    @Test
    void bucketsAreInOrderAndCountWhatFellIntoThem() {
        LatencyCounts counts = new LatencyCounts();
        for (long nanos : new long[] {1_000_000, 3, 1_000, 1_001, 3, 3}) {
            counts.add(nanos);
        }
        List<Bucket> buckets = counts.snapshot().buckets();
        assertEquals(List.of(3L, 2L, 1L), buckets.stream().map(Bucket::count).toList());
        assertEquals(
                buckets.stream().map(Bucket::upTo).sorted().toList(),
                buckets.stream().map(Bucket::upTo).toList());
    }
}
