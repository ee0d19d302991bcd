package dev.weft;

import java.time.Duration;

/**
 * The counters of a loop, taken at one moment. From another thread they are a close snapshot, not an exact cut.
 *
 * @param alive greenlets that have been spawned and have not ended
 * @param ready greenlets in the run queue
 * @param waiting greenlets that wait
 * @param timers timers that are set
 * @param spawned greenlets spawned so far
 * @param switches times that a greenlet was given the loop
 * @param polls times that the poller was asked
 * @param wakeUps times that another thread had to wake the loop from its sleep
 * @param pinned waits of Weft's in which the stack could not be set aside, so that the loop stood still; one inside the
 *     JDK is seen by the hog watch ({@link LoopGroup.Builder#hogAfter}) and by {@link dev.weft.testing.BlockingCalls}
 * @param longestSlice the longest time that the loop was held between two looks at the clock, which it takes every eighth
 *     slice: no greenlet has held the loop for longer. Callbacks and timers count too, all of a turn as one
 */
public record LoopStatistics(
        int alive,
        int ready,
        int waiting,
        int timers,
        long spawned,
        long switches,
        long polls,
        long wakeUps,
        long pinned,
        Duration longestSlice) {}
