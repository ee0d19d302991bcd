package dev.weft.observe;

/** A pool for off-loaded calls: its maximum of threads, how many run a call, and how many calls wait for one. */
public record PoolSnapshot(String name, int threads, int running, int queued) {}
