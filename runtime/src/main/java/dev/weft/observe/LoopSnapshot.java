package dev.weft.observe;

import dev.weft.LoopStatistics;

/**
 * A loop.
 *
 * @param state {@code asleep}, {@code running}, {@code held} (in the same slice or event for two looks of the watchdog),
 *     {@code closing} or {@code closed}
 * @param running the number of the greenlet whose slice runs; 0 if none does
 * @param runningName the name of that greenlet; or what else holds the loop; or empty
 * @param heldNanos for how long it has been held; 0 if it is not
 */
public record LoopSnapshot(
        String name, String state, long running, String runningName, long heldNanos, LoopStatistics statistics) {}
