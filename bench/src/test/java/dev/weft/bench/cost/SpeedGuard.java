package dev.weft.bench.cost;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * Tells a gross loss of speed from noise, in one JVM: what is guarded and what it is compared with are timed in turn, and
 * the ratio is that of the best of each. Time is CPU time, so that other programs do not count; what noise is left only ever makes a run slower, so the best of many is what the code costs;
 * it is tried again until that is good enough or the time is over. A loss in the code is in every run, and never passes.
 */
final class SpeedGuard {
    /** A ratio may grow by so much. Twice as slow is caught; what differs from machine to machine is not. */
    static final double TOLERANCE = 1.7;

    private static final int ROUNDS = 8;
    private static final double SETTLED = 0.95;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final LongSupplier clock;
    private final long warmUpNanos;
    private final long budgetNanos;

    /**
     * A guard.
     *
     * @param clock in nanoseconds
     * @param warmUpNanos nothing passes earlier: the code is not compiled yet
     * @param budgetNanos what has not passed by then has failed
     */
    SpeedGuard(LongSupplier clock, long warmUpNanos, long budgetNanos) {
        this.clock = clock;
        this.warmUpNanos = warmUpNanos;
        this.budgetNanos = budgetNanos;
    }

    /** Something that can be timed. */
    @FunctionalInterface
    interface Work {
        /** Does it for some milliseconds; returns the nanoseconds that an operation took. */
        double run();
    }

    /**
     * The CPU time of {@code work}, whichever of this JVM's platform threads do it; a thread that ends meanwhile does not
     * count. The process's own count would have the compiler in it, and is only good to ten milliseconds.
     */
    static long cpuNanos(Runnable work) {
        long[] threads = THREADS.getAllThreadIds();
        long[] before = THREADS.getThreadCpuTime(threads);
        work.run();
        long[] after = THREADS.getThreadCpuTime(threads);
        return IntStream.range(0, threads.length)
                .filter(i -> before[i] >= 0 && after[i] >= 0)
                .mapToLong(i -> after[i] - before[i])
                .sum();
    }

    /** The ratio of the best of both; the first that is below {@code enough}, or the last. */
    double ratio(Work guarded, Work baseline, double enough) {
        long start = clock.getAsLong();
        double bestGuarded = Double.MAX_VALUE;
        double bestBaseline = Double.MAX_VALUE;
        double ratio = Double.MAX_VALUE;
        long spent = 0;
        int settled =
                0; // rounds in which the baseline got no faster: while it is being compiled, everything would pass
        while (spent < budgetNanos) {
            double baselineRun = baseline.run();
            settled = baselineRun < bestBaseline * SETTLED ? 0 : settled + 1;
            bestBaseline = Math.min(bestBaseline, baselineRun);
            bestGuarded = Math.min(bestGuarded, guarded.run());
            if (!(bestGuarded > 0 && bestBaseline > 0)) {
                throw new IllegalStateException("a run of " + bestGuarded + " by one of " + bestBaseline
                        + " is no measurement; give it more work, or a finer clock");
            }
            ratio = bestGuarded / bestBaseline;
            spent = clock.getAsLong() - start;
            if (ratio < enough && settled >= ROUNDS && spent >= warmUpNanos) {
                return ratio;
            }
        }
        return ratio;
    }
}
