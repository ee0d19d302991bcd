package dev.weft.observe;

import java.util.List;

/**
 * Something that greenlets wait for.
 *
 * @param key identifies it while it lives
 * @param kind as that of the waits for it
 * @param waiting how many of the greenlets that matched wait for it
 * @param size how much is in it or taken of it; -1 if unknown
 * @param capacity the most it can be; -1 if there is no limit, or unknown
 * @param holders the numbers of the greenlets that hold it, or have used the other side, at most twenty
 */
public record ResourceSnapshot(
        long key, String kind, String name, int waiting, int size, int capacity, List<Long> holders) {}
