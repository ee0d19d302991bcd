package dev.weft.spi;

/** A monotonic clock. A loop reads time only from its clock, so tests can substitute their own. */
@FunctionalInterface
public interface Clock {
    /** Returns nanoseconds since an arbitrary origin; never goes back. Any thread. */
    long nanos();

    /** Returns the system clock, {@link System#nanoTime}. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
