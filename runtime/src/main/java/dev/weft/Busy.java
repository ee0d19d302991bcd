package dev.weft;

/**
 * Two greenlets use at once what only one may: a bug in the program, so it is thrown at the second, loudly, instead of
 * sharing the data out by luck. The cure: one owner per resource, and a queue in front of it.
 */
public final class Busy extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** A second use of {@code resource}, while {@code holder} waits for it. */
    public Busy(Object resource, Object holder) {
        super(resource + " is waited for already, by " + holder + "; one greenlet at a time may wait for it");
    }
}
