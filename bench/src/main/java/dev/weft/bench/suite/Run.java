package dev.weft.bench.suite;

import dev.weft.bench.load.LoadResult;
import dev.weft.bench.rival.Contender;

/**
 * One run: one contender in one scenario and one round.
 *
 * @param scenario its id
 * @param round from 1
 * @param load what the load generator measured
 * @param heapBytes live heap of the server with all connections open and idle, after a collection; 0 if unknown
 * @param heapBytesEmpty the same once they are closed
 */
public record Run(
        String scenario, Contender contender, int round, LoadResult load, long heapBytes, long heapBytesEmpty) {}
