package dev.weft.bench;

import dev.weft.bench.load.LoadResult;

/**
 * One run: one contender in one round.
 *
 * @param round from 1
 * @param heapBytes live heap of the server with all connections open and idle, after a collection; 0 if unknown
 */
record Measurement(Contender contender, int round, LoadResult load, long heapBytes) {}
