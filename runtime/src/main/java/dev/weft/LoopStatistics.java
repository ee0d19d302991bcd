package dev.weft;

import java.time.Duration;

/**
 * A snapshot of a loop's counters. Taken from another thread, the values may be slightly inconsistent with each other.
 *
 * @param alive greenlets that have been spawned and have not ended
 * @param ready greenlets in the run queue
 * @param waiting greenlets that wait
 * @param timers pending timers
 * @param spawned greenlets spawned so far
 * @param switches switches to a greenlet so far
 * @param polls polls so far
 * @param wakeUps times that another thread had to wake up the sleeping loop
 * @param pinned Weft waits in which the continuation was pinned, so that the loop was blocked; pinning inside the JDK is
 *     detected by the watchdog ({@link LoopGroup.Builder#hogAfter}) and {@link dev.weft.testing.BlockingCalls}
 * @param longestSlice the longest time between two readings of the clock while the loop was busy: an upper bound of how long
 *     any greenlet has held the loop. The clock is read every eighth slice. Callbacks and timers count too, all of a turn as
 *     one slice
 * @param busy for how long the loop has had something to do, by its clock; with two snapshots, its share of the time between
 *     them is the loop's utilisation
 * @param idle for how long the loop has waited for something to do
 * @param timersFired timers that have fired so far
 * @param timerDelay how late they have fired, added up: what else the loop was doing when they became due
 * @param longestTimerDelay how late a timer has fired at the most
 * @param latency how long greenlets were ready before they ran, from the time at which the loop learnt of it; measured for one
 *     of 64 on average
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
        Duration longestSlice,
        Duration busy,
        Duration idle,
        long timersFired,
        Duration timerDelay,
        Duration longestTimerDelay,
        LatencyHistogram latency) {}
