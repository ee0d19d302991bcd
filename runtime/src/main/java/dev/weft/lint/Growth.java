package dev.weft.lint;

import java.util.ArrayDeque;

/** How much a counter has grown in the last ten seconds. */
final class Growth {
    static final long SPAN_NANOS = 10_000_000_000L;

    private final ArrayDeque<long[]> samples = new ArrayDeque<>(); // time, value

    /** Adds a sample; returns whether there are samples of the whole span. */
    boolean add(long nowNanos, long value) {
        samples.addLast(new long[] {nowNanos, value});
        while (nowNanos - second()[0] >= SPAN_NANOS) {
            samples.removeFirst();
        }
        return nowNanos - samples.getFirst()[0] >= SPAN_NANOS;
    }

    private long[] second() {
        var each = samples.iterator();
        each.next();
        return each.hasNext() ? each.next() : new long[] {Long.MAX_VALUE, 0};
    }

    /** Returns by how much the value has grown since the first sample. */
    long value() {
        return samples.getLast()[1] - samples.getFirst()[1];
    }
}
