package dev.weft.management;

/**
 * The figures of one loop, for monitoring. Counters start at zero when the loop is opened and only grow.
 *
 * @param utilization the share of the last second in which the loop had something to do, from 0 to 1; 0 in the first two seconds
 * @param latencyP50Seconds how long a greenlet that could run waited for its turn in the last second, at the median
 * @param latencyP99Seconds the same for all but one of a hundred
 * @param timerDelaySeconds how late timers fired in the last second, on average: what else the loop was doing when they became due
 * @param heldSeconds for how long the greenlet or event that runs now has held the loop, as far as the watch has seen it; 0 if it
 *     is not held
 * @param alive greenlets that have not ended
 * @param ready greenlets in the run queue
 * @param waiting greenlets that wait
 * @param timers pending timers
 * @param turnsTotal turns of the loop, each of which polls once
 * @param switchesTotal switches to a greenlet
 * @param spawnedTotal greenlets spawned
 * @param wakeUpsTotal times that another thread had to wake up the sleeping loop
 * @param pinnedTotal waits in which the continuation was pinned, so that the loop was blocked
 * @param timersFiredTotal timers that have fired
 * @param busySecondsTotal time with something to do
 * @param idleSecondsTotal time without
 * @param longestSliceSeconds an upper bound of the longest time that a greenlet has held the loop
 */
public record LoopFigures(
        double utilization,
        double latencyP50Seconds,
        double latencyP99Seconds,
        double timerDelaySeconds,
        double heldSeconds,
        int alive,
        int ready,
        int waiting,
        int timers,
        long turnsTotal,
        long switchesTotal,
        long spawnedTotal,
        long wakeUpsTotal,
        long pinnedTotal,
        long timersFiredTotal,
        double busySecondsTotal,
        double idleSecondsTotal,
        double longestSliceSeconds) {}
