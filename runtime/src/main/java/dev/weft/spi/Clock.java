package dev.weft.spi;

/** A monotonic clock. A loop reads no other, so a test can put its own in place. */
@FunctionalInterface
public interface Clock {
    /** Nanoseconds since an arbitrary origin; never goes back. Any thread. */
    long nanos();

    /** The clock of the machine, {@link System#nanoTime}. */
    static Clock system() {
        return SystemClock.INSTANCE;
    }
}
