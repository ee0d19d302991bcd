package dev.weft.bench.suite;

import dev.weft.bench.load.LoadResult;
import dev.weft.bench.rival.Contender;

/**
 * One run: one contender in one scenario and one round.
 *
 * @param scenario its id
 * @param round from 1
 */
public record Run(String scenario, Contender contender, int round, LoadResult load) {}
