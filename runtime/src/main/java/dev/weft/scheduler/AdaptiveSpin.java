package dev.weft.scheduler;

import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Decides whether a loop that has heard from another thread looks for more before it sleeps, and does so. Being woken costs both
 * sides some ten microseconds, a look much less if the answer is close; but both sides must look for either to gain. So all loops
 * that hear from others try it at the same time, in one of sixteen milliseconds, and go on while it pays, as adaptive mutexes and
 * KVM's halt polling do. A loop that hears from nobody never looks. Belongs to the loop's thread.
 */
final class AdaptiveSpin {
    /** The longest look, in nanoseconds. */
    static final long LONGEST_NANOS = 50_000;

    /** What a sleep and a wake-up cost, about: what arrives later is not worth the look. */
    static final long WORTH_NANOS = 20_000;

    /** So many looks in a row that are not worth it end them. */
    static final int MISSES = 4;

    private static final int PERIOD_BITS = 20; // a millisecond, about
    private static final int TRIAL_MASK = 15;

    private final BooleanSupplier hasArrived;
    private final LongSupplier nanoTime;
    private boolean pays;
    private int misses;

    AdaptiveSpin(BooleanSupplier hasArrived, LongSupplier nanoTime) {
        this.hasArrived = hasArrived;
        this.nanoTime = nanoTime;
    }

    /** Looks, if that seems worth it, for at most {@code limitNanos}. Returns whether something has arrived. */
    boolean look(long limitNanos) {
        long begin = nanoTime.getAsLong();
        if (!pays && !isTrial(begin)) {
            return false;
        }
        long limit = Math.min(limitNanos, LONGEST_NANOS);
        boolean arrived;
        long took;
        do {
            Thread.onSpinWait();
            arrived = hasArrived.getAsBoolean();
            took = nanoTime.getAsLong() - begin;
        } while (!arrived && took < limit);
        learn(arrived && took < WORTH_NANOS);
        return arrived;
    }

    private static boolean isTrial(long nanos) {
        return (nanos >>> PERIOD_BITS & TRIAL_MASK) == 0;
    }

    private void learn(boolean hit) {
        if (hit) {
            pays = true;
            misses = 0;
        } else if (++misses >= MISSES) {
            pays = false;
        }
    }
}
