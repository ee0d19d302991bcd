package dev.weft.observe;

/**
 * Greenlets that were spawned at the same place, are in the same state, and wait for the same kind of thing.
 *
 * @param what what one of them waits for
 * @param count how many they are
 * @param oldestNanos the longest wait among them
 */
public record SiteSnapshot(String spawnSite, String state, String kind, String what, int count, long oldestNanos) {}
