package dev.weft.testing;

import dev.weft.spi.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that moves only when advanced. It starts at zero. Any thread may read and advance it. */
public final class ManualClock implements Clock {
    private final AtomicLong nanos = new AtomicLong();

    /** Creates a clock at zero. */
    public ManualClock() {}

    @Override
    public long nanos() {
        return nanos.get();
    }

    /**
     * Advances the clock by {@code step}.
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
