package dev.weft.kernel;

/** Looks at each slice that ends while it is the loop's guard. Belongs to the loop's thread. */
abstract class SliceGuard {
    /** The slice of {@code greenlet} has ended: it waits, yields, or has run to its end. */
    abstract void sliceEnded(GreenletTask<?> greenlet);
}
