package dev.weft.management;

/**
 * The figures of one pool for off-loaded calls, for monitoring.
 *
 * @param threads its threads, idle ones included
 * @param running calls that are on a thread
 * @param queued calls that wait for a thread
 */
public record PoolFigures(int threads, int running, int queued) {}
