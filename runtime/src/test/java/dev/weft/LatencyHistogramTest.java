package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.LatencyHistogram.Bucket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LatencyHistogramTest {
    private static Bucket micros(long upTo, long count) {
        return new Bucket(Duration.ofNanos(upTo * 1_000), count);
    }

    private final LatencyHistogram histogram =
            new LatencyHistogram(List.of(micros(10, 90), micros(20, 9), micros(500, 1)));

    @Test
    void aPercentileIsTheEndOfTheBucketThatHasIt() {
        assertEquals(100, histogram.count());
        assertEquals(Duration.ofNanos(10_000), histogram.percentile(0));
        assertEquals(Duration.ofNanos(10_000), histogram.percentile(90));
        assertEquals(Duration.ofNanos(20_000), histogram.percentile(90.1));
        assertEquals(Duration.ofNanos(20_000), histogram.percentile(99));
        assertEquals(Duration.ofNanos(500_000), histogram.percentile(99.9));
        assertEquals(Duration.ofNanos(500_000), histogram.max());
        assertEquals(Duration.ofNanos(900_000 + 180_000 + 500_000), histogram.total());
    }

    @Test
    void withoutDurationsEverythingIsZero() {
        assertEquals(0, LatencyHistogram.EMPTY.count());
        assertEquals(Duration.ZERO, LatencyHistogram.EMPTY.percentile(50));
        assertEquals(Duration.ZERO, LatencyHistogram.EMPTY.max());
        assertEquals(Duration.ZERO, LatencyHistogram.EMPTY.total());
    }

    @Test
    void sinceAnEarlierSnapshotOnlyWhatWasAddedCounts() {
        LatencyHistogram later =
                new LatencyHistogram(List.of(micros(5, 2), micros(10, 90), micros(20, 12), micros(500, 1)));
        assertEquals(new LatencyHistogram(List.of(micros(5, 2), micros(20, 3))), later.since(histogram));
        assertEquals(later, later.since(LatencyHistogram.EMPTY));
        assertEquals(LatencyHistogram.EMPTY, later.since(later));
    }

    @Test
    void aPercentileOutOfRangeIsRefused() {
        for (double percent : new double[] {-0.1, 100.1, Double.NaN}) {
            String message = assertThrows(IllegalArgumentException.class, () -> histogram.percentile(percent))
                    .getMessage();
            assertEquals("a percentile is from 0 to 100: " + percent, message);
        }
    }
}
