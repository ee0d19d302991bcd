package dev.weft.scheduler;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.Long2ObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The timers of a loop, in Agrona's timing wheel (Varghese and Lauck, 1987). Setting and cancelling are O(1) whatever the
 * number of timers, and allocate nothing while another timer of the same millisecond is set. Belongs to the loop's thread.
 *
 * <p>Deadlines are rounded up to the next millisecond, and all timers of a millisecond form a list that is a single entry of
 * the wheel. Agrona's wheel searches for a free slot linearly and doubles all spokes when one is full, so a million timers of
 * the same instant would cost quadratic time and gigabytes. Timers fire in the order of their milliseconds, and within one
 * in the order in which they were set.
 */
public final class Timers {
    /** The deadline that is never reached; returned by {@link #nextDeadline} if no timer is set. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final long MILLI = 1_000_000;
    private static final long TICK_NANOS = 1 << 19; // the wheel requires a power of two; at most a millisecond per tick
    private static final int SPOKES = 2048;
    private static final int FEW = 64;
    private static final int PROBES = 1024;

    private final long origin;
    private final DeadlineTimerWheel wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, 0, TICK_NANOS, SPOKES);
    private final Long2ObjectHashMap<Bucket> buckets = new Long2ObjectHashMap<>(); // by millisecond
    private final Long2LongHashMap millisOfEntry = new Long2LongHashMap(-1); // by the wheel's timer id
    private final Expiry expiry = new Expiry();
    private @Nullable Bucket recent; // the only bucket that may be empty, so that alternate set and cancel are cheap
    private long bound = NEVER; // no timer is due before this millisecond
    private boolean boundIsExact = true;
    private long firedInAll;
    private long delayNanos; // of all that have fired
    private long longestDelayNanos;
    private int size;

    private final Consumer<Throwable> failed;

    /** Creates timers with origin {@code nowNanos}; {@code failed} receives what {@link Timer#fire} throws. */
    Timers(long nowNanos, Consumer<Throwable> failed) {
        origin = nowNanos;
        this.failed = failed;
    }

    /** All timers of one millisecond, in the order in which they were set. */
    static final class Bucket {
        final long millis;
        final long entry;

        @Nullable Timer first;

        @Nullable Timer last;

        Bucket(long millis, long entry) {
            this.millis = millis;
            this.entry = entry;
        }
    }

    /** Returns the deadline of {@code timer}, rounded up to a millisecond; {@link #NEVER} if it is not set. Any thread. */
    long deadlineOf(Timer timer) {
        Bucket bucket = timer.bucket;
        return bucket == null ? NEVER : origin + bucket.millis * MILLI;
    }

    int size() {
        return size;
    }

    /** Returns how many timers have fired so far. */
    long fired() {
        return firedInAll;
    }

    /** Returns how long after their deadlines, rounded up to milliseconds, they have fired, added up. */
    long delayNanos() {
        return delayNanos;
    }

    long longestDelayNanos() {
        return longestDelayNanos;
    }

    /** Sets {@code timer}, which must not be set, to fire at {@code deadlineNanos} of the loop's clock or shortly after. */
    void set(Timer timer, long deadlineNanos) {
        assert !timer.isSet() : timer;
        long millis = millisOf(deadlineNanos);
        Bucket bucket = bucketFor(millis);
        timer.bucket = bucket;
        timer.previous = bucket.last;
        if (bucket.last == null) {
            bucket.first = timer;
        } else {
            bucket.last.next = timer;
        }
        bucket.last = timer;
        size++;
        if (millis <= bound) {
            bound = millis;
            boundIsExact = true;
        }
    }

    /** Rounds {@code deadlineNanos} up to a millisecond; the past counts as now, overflow as the last millisecond. */
    private long millisOf(long deadlineNanos) {
        long delay = deadlineNanos - origin;
        if (deadlineNanos < origin || delay == 0) {
            return 0;
        }
        long last = (NEVER - Math.max(origin, 0)) / MILLI;
        return delay < 0 ? last : Math.min(Math.ceilDiv(delay, MILLI), last);
    }

    /** Cancels {@code timer}, if it is set. */
    void cancel(Timer timer) {
        Bucket bucket = timer.bucket;
        if (bucket == null) {
            return;
        }
        unlink(timer, bucket);
        if (bucket.first == null) {
            if (recent != bucket) {
                discardRecentIfEmpty();
                recent = bucket;
            }
            if (bucket.millis == bound) {
                boundIsExact = false;
            }
        }
    }

    /** Fires up to {@code limit} timers that are due at {@code nowNanos}; returns how many. */
    int fire(long nowNanos, int limit) {
        long now = nowNanos - origin;
        if (size == 0 || now < bound * MILLI) {
            return 0;
        }
        discardRecentIfEmpty(); // must not be reused once its time has passed
        wheel.currentTickTime(bound * MILLI); // nothing is due earlier
        expiry.begin(now, limit);
        long tickEnd;
        do {
            tickEnd = wheel.currentTickTime();
            // Not beyond this tick: the spoke may hold a deadline of a later revolution.
            wheel.poll(Math.min(now, tickEnd - 1), expiry, Integer.MAX_VALUE);
            if (expiry.cut) {
                break;
            }
            wheel.currentTickTime(Math.min(now, tickEnd));
        } while (tickEnd <= now);
        boundIsExact = false;
        return expiry.fired;
    }

    /** Returns a time before which nothing is due, exact or slightly early; {@link #NEVER} if no timer is set. */
    long nextDeadline() {
        if (size == 0) {
            bound = NEVER;
            boundIsExact = true;
            return NEVER;
        }
        if (!boundIsExact) {
            bound = lowerBound();
            boundIsExact = true;
        }
        return origin + bound * MILLI;
    }

    private Bucket bucketFor(long millis) {
        Bucket bucket = recent;
        if (bucket != null && bucket.millis == millis) {
            return bucket;
        }
        bucket = buckets.get(millis);
        if (bucket == null) {
            bucket = schedule(millis);
        }
        discardRecentIfEmpty();
        recent = bucket;
        return bucket;
    }

    /** Creates a bucket. Changes nothing if there is no memory for it. */
    private Bucket schedule(long millis) {
        long entry = wheel.scheduleTimer(millis * MILLI);
        try {
            Bucket bucket = new Bucket(millis, entry);
            buckets.put(millis, bucket);
            millisOfEntry.put(entry, millis);
            return bucket;
        } catch (Throwable t) {
            wheel.cancelTimer(entry);
            millisOfEntry.remove(entry);
            buckets.remove(millis);
            throw t;
        }
    }

    private void discardRecentIfEmpty() {
        Bucket bucket = recent;
        if (bucket != null && bucket.first == null) {
            wheel.cancelTimer(bucket.entry);
            forget(bucket);
        }
    }

    private void forget(Bucket bucket) {
        millisOfEntry.remove(bucket.entry);
        buckets.remove(bucket.millis);
        if (recent == bucket) {
            recent = null;
        }
    }

    private void unlink(Timer timer, Bucket bucket) {
        Timer before = timer.previous;
        Timer after = timer.next;
        if (before == null) {
            bucket.first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            bucket.last = before;
        } else {
            after.previous = before;
        }
        timer.previous = null;
        timer.next = null;
        timer.bucket = null;
        size--;
    }

    /** Finds the first millisecond with a timer: scans all buckets if there are few, else probes the next milliseconds. */
    private long lowerBound() {
        long least = NEVER;
        if (buckets.size() <= FEW) {
            for (Bucket bucket : buckets.values()) {
                if (bucket.first != null) {
                    least = Math.min(least, bucket.millis);
                }
            }
            return least;
        }
        long from = Math.max(0, bound);
        for (long millis = from; millis < from + PROBES; millis++) {
            Bucket bucket = buckets.get(millis);
            if (bucket != null && bucket.first != null) {
                return millis;
            }
        }
        return from + PROBES;
    }

    /** Empties the buckets that are due; one that is cut short by the limit stays in the wheel for the next call. */
    private final class Expiry implements DeadlineTimerWheel.TimerHandler {
        private long now;
        private int limit;
        private int fired;
        private boolean cut;

        void begin(long newNow, int newLimit) {
            now = newNow;
            limit = newLimit;
            fired = 0;
            cut = false;
        }

        @Override
        public boolean onTimerExpiry(TimeUnit unit, long tick, long entry) {
            Bucket bucket = buckets.get(millisOfEntry.get(entry));
            long delay = now - bucket.millis * MILLI;
            Timer timer;
            while ((timer = bucket.first) != null) {
                if (fired == limit) {
                    cut = true;
                    return false;
                }
                unlink(timer, bucket);
                fired++;
                firedLate(delay);
                fire(timer);
            }
            forget(bucket);
            return true;
        }

        private void firedLate(long delay) {
            firedInAll++;
            delayNanos += delay;
            longestDelayNanos = Math.max(longestDelayNanos, delay);
        }

        /** Fires {@code timer}; a failure must not affect the other timers. */
        private void fire(Timer timer) {
            try {
                timer.fire();
            } catch (Throwable t) {
                failed.accept(t);
            }
        }
    }
}
