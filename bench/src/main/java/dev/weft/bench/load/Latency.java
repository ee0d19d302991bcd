package dev.weft.bench.load;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * How long answers took.
 *
 * @param p50Millis the median
 * @param p90Millis of ten requests one took longer
 * @param p99Millis of a hundred requests one took longer
 * @param p999Millis of a thousand requests one took longer
 * @param maxMillis the slowest
 * @param curve the whole distribution, for a picture: finer and finer towards 100 %
 */
public record Latency(
        double p50Millis, double p90Millis, double p99Millis, double p999Millis, double maxMillis, List<Point> curve) {
    private static final int TICKS_PER_HALF_DISTANCE = 2;

    /**
     * A point of the curve.
     *
     * @param percentile that many of a hundred requests took no longer
     * @param millis than this
     */
    public record Point(double percentile, double millis) {}

    /** Milliseconds that {@code percentile} of a hundred requests did not exceed, as fine as the curve is. */
    public double millisAt(double percentile) {
        return curve.stream()
                .filter(point -> point.percentile() >= percentile)
                .mapToDouble(Point::millis)
                .findFirst()
                .orElse(maxMillis);
    }

    /** Of a histogram of nanoseconds. */
    static Latency of(Histogram nanos) {
        List<Point> curve = new ArrayList<>();
        for (HistogramIterationValue value : nanos.percentiles(TICKS_PER_HALF_DISTANCE)) {
            curve.add(new Point(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1e6));
        }
        return new Latency(
                millis(nanos, 50),
                millis(nanos, 90),
                millis(nanos, 99),
                millis(nanos, 99.9),
                millis(nanos, 100),
                curve);
    }

    /** Milliseconds at a percentile of a histogram of nanoseconds; 0 if it is empty. */
    static double millis(Histogram nanos, double percentile) {
        return nanos.getValueAtPercentile(percentile) / 1e6;
    }
}
