package dev.weft.scheduler;

import dev.weft.LatencyHistogram;
import dev.weft.spi.Clock;

/**
 * How long tasks are ready before they run, sampled: of 64 tasks one on average, picked at random so that no rhythm of the
 * program hides anything (Go's {@code /sched/latencies} samples every eighth). The others cost two comparisons. A task is known
 * by the number that its slice will have, as tasks run in the order in which they were queued. (Under another order, a sample
 * ends with the slice of that number.) Belongs to the loop's thread.
 */
final class ReadyLatency {
    private static final int GAP_BITS = 7;
    private static final int MOST = 64; // samples at a time; a power of two

    private final Clock clock;
    private final LatencyCounts counts = new LatencyCounts();
    private final long[] numbers = new long[MOST]; // of the slices of sampled tasks in the queue, a ring buffer
    private final long[] readyNanos = new long[MOST];
    private int begun; // samples so far that have ended
    private int queued; // samples so far
    private long random = 1; // Knuth's generator; the same in every run

    /** The number of the slice whose task is to be sampled when it is queued. */
    long nextToQueue;

    /** The number of the next slice that ends a sample; none if it is less than that of the next slice. */
    long nextToBegin = -1;

    ReadyLatency(Clock clock) {
        this.clock = clock;
    }

    /** The task of slice {@link #nextToQueue} is being queued. */
    void queued() {
        if (queued - begun < MOST) {
            int place = queued++ & (MOST - 1);
            numbers[place] = nextToQueue;
            readyNanos[place] = clock.nanos();
            nextToBegin = numbers[begun & (MOST - 1)];
        }
        random = random * 6364136223846793005L + 1442695040888963407L;
        nextToQueue += 1 + (random >>> (Long.SIZE - GAP_BITS));
    }

    /** Slice {@link #nextToBegin} begins. */
    void begins() {
        counts.add(clock.nanos() - readyNanos[begun++ & (MOST - 1)]);
        nextToBegin = begun == queued ? -1 : numbers[begun & (MOST - 1)];
    }

    /** Returns the samples so far. Any thread. */
    LatencyHistogram snapshot() {
        return counts.snapshot();
    }
}
