package dev.weft.time;

/** What a {@link Ticker} does about ticks that became due while nobody waited (as tokio's {@code MissedTickBehavior}). */
public enum MissedTicks {
    /** They are made up for at once, one after the other, until the ticker is on schedule again. None is lost. */
    BURST {
        @Override
        long next(long dueNanos, long nowNanos, long periodNanos) {
            return dueNanos + periodNanos;
        }
    },

    /** They are dropped, and the next tick is a whole period from now: the schedule shifts. */
    DELAY {
        @Override
        long next(long dueNanos, long nowNanos, long periodNanos) {
            return nowNanos + periodNanos;
        }
    },

    /** They are dropped, and the next tick is the next one on the original schedule. */
    SKIP {
        @Override
        long next(long dueNanos, long nowNanos, long periodNanos) {
            return nowNanos + periodNanos - (nowNanos - dueNanos) % periodNanos;
        }
    };

    /** Returns when the next tick is due after one that was due at {@code dueNanos} and is taken now. */
    abstract long next(long dueNanos, long nowNanos, long periodNanos);
}
