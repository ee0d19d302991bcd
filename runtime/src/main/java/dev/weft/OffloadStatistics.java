package dev.weft;

/**
 * A snapshot of the pools behind {@link Weft#offload} and {@link Weft#compute}, whose calls come from all loops of a group.
 *
 * @param running off-loaded calls that are on a thread
 * @param queued off-loaded calls that wait for a thread
 * @param computing computations that are on a thread
 * @param computationsQueued computations that wait for a thread
 */
public record OffloadStatistics(int running, int queued, int computing, int computationsQueued) {}
