package dev.weft.supervisor;

import dev.weft.lowlevel.Suspension;

/** The pauses before restarts, which double from {@code firstNanos} to {@code longestNanos}; none if both are zero. */
record BackOff(long firstNanos, long longestNanos) {
    static final BackOff NONE = new BackOff(0, 0);
    private static final int JITTER_STEPS = 1 << 20;

    /** Returns the pause after {@code streak} restarts in a row: from half of what it may be to the whole. On a loop. */
    long pauseNanos(int streak) {
        if (firstNanos == 0) {
            return 0;
        }
        int doublings = Math.min(streak, Long.SIZE - 2);
        long limit = firstNanos > longestNanos >> doublings ? longestNanos : firstNanos << doublings;
        long half = limit / 2;
        return half + (long) ((limit - half) * (Suspension.pick(JITTER_STEPS) / (double) JITTER_STEPS));
    }
}
