package dev.weft.testing;

import dev.weft.spi.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is told to go on. It starts at zero. Any thread may read and advance it. */
public final class ManualClock implements Clock {
    private final AtomicLong nanos = new AtomicLong();

    /** A clock at zero. */
    public ManualClock() {}

    @Override
    public long nanos() {
        return nanos.get();
    }

    /**
     * Moves the clock on.
     *
     * @throws IllegalArgumentException if {@code step} is negative: the clock is monotonic
     */
    public void advance(Duration step) {
        if (step.isNegative()) {
            throw new IllegalArgumentException("a monotonic clock cannot go back: " + step);
        }
        nanos.addAndGet(step.toNanos());
    }

    void advanceTo(long nanosSinceStart) {
        nanos.accumulateAndGet(nanosSinceStart, Math::max);
    }

    @Override
    public String toString() {
        return "clock at " + Duration.ofNanos(nanos());
    }
}
