package dev.weft.bench.suite;

import dev.weft.bench.load.LoadResult;
import dev.weft.bench.rival.Contender;

/** Runs with figures that are easy to follow. */
public final class Runs {
    private Runs() {}

    /** One run whose p99 is 20 ms, with the shares of a core that server, load generator and others took. */
    public static Run of(
            Scenario scenario,
            Contender contender,
            int round,
            double requestsPerSecond,
            double serverShare,
            double loadShare,
            double othersShare) {
        LoadResult load = new LoadResult(
                scenario.shape().connections(),
                0,
                (long) (2 * requestsPerSecond),
                requestsPerSecond,
                10,
                20,
                30,
                5.5,
                serverShare,
                0.01,
                50L << 20,
                100L << 20,
                loadShare,
                0,
                0,
                0,
                0,
                othersShare);
        return new Run(scenario.id(), contender, round, load);
    }

    /** One in which nothing is in doubt. */
    public static Run of(Scenario scenario, Contender contender, int round, double requestsPerSecond) {
        return of(scenario, contender, round, requestsPerSecond, 1, 0.5, 0);
    }
}
