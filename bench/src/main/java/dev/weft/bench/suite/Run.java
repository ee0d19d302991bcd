package dev.weft.bench.suite;

import dev.weft.bench.load.LoadResult;
import dev.weft.bench.rival.Contender;

/**
 * One run: a contender in a scenario and a round.
 *
 * @param scenario the scenario's id
 * @param round the round, from 1
 */
public record Run(String scenario, Contender contender, int round, LoadResult load) {}
