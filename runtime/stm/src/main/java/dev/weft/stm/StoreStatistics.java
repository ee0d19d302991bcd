package dev.weft.stm;

/**
 * What has happened in a {@link Store} since it was created.
 *
 * @param commits commits that changed something
 * @param conflicts attempts of transactions and commits of checkouts that failed, as others had changed what they had read
 * @param waits times that a transaction waited for a change, after {@link Transaction#retry}
 */
public record StoreStatistics(long commits, long conflicts, long waits) {}
