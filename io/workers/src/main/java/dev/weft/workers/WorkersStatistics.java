package dev.weft.workers;

/**
 * A snapshot of a pool's counters.
 *
 * @param workers the workers that are ready or at work; others are starting
 * @param running the tasks that have a worker
 * @param queued the tasks that wait for one
 * @param completed the tasks that have ended, in whatever way
 * @param died the workers that died, or had to be killed
 * @param recycled the workers that were replaced after their maximum number of tasks
 */
public record WorkersStatistics(int workers, int running, int queued, long completed, long died, long recycled) {}
