package dev.weft;

/**
 * Thrown when a second greenlet waits for a resource that only one may wait for at a time. This is a bug in the program:
 * which of the two got the data would be a matter of chance. The remedy is one owner per resource, with a queue in front.
 */
public final class Busy extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception for a second use of {@code resource} while {@code holder} waits for it. */
    public Busy(Object resource, Object holder) {
        super(holder + " is already waiting for " + resource + "; only one greenlet at a time may wait for it");
    }
}
