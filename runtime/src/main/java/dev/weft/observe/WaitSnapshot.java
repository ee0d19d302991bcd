package dev.weft.observe;

import java.util.List;

/**
 * A greenlet's wait.
 *
 * @param kind its kind, as {@link dev.weft.spi.Owners.Kind} in lower case; empty for {@link #NONE}
 * @param what what it waits for, in words
 * @param resource the key of the resource that it waits for
 * @param sinceNanos for how long it has waited, to a millisecond
 * @param deadlineNanos the time until a deadline or its own time limit ends it; -1 without one; 0 if it is due
 * @param owners the numbers of greenlets that could end it, at most twenty
 * @param certain whether nobody else could
 */
public record WaitSnapshot(
        String kind,
        String what,
        long resource,
        long sinceNanos,
        long deadlineNanos,
        List<Long> owners,
        boolean certain) {
    /** Of a greenlet that does not wait. */
    public static final WaitSnapshot NONE = new WaitSnapshot("", "", 0, 0, -1, List.of(), false);
}
