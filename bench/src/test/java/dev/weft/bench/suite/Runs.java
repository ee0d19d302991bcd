package dev.weft.bench.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.load.LoadResult;
import dev.weft.bench.rival.Contender;
import java.util.Locale;

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
        String json = String.format(
                Locale.ROOT,
                """
                {"engine": "epoll", "connections": %d, "messageBytes": 64, "requests": %.0f, "requestsPerSecond": %f,
                 "latency": {"p50Millis": 10, "p99Millis": 20, "p999Millis": 30, "maxMillis": 40,
                   "curve": [{"percentile": 50, "millis": 10}, {"percentile": 99, "millis": 20}]},
                 "server": {"cpuMicrosPerRequest": 5.5, "cpuShare": %f, "contextSwitchesPerRequest": 0.01,
                   "systemCallsPerRequest": %d, "systemCallsSource": "perf", "restingResidentBytes": 52428800, "residentBytes": 104857600, "threads": 17},
                 "load": {"cpuShare": %f}, "othersCpuShare": %f}
                """,
                scenario.shape().connections(),
                2 * requestsPerSecond,
                requestsPerSecond,
                serverShare,
                round == 1 ? 2 : -1,
                loadShare,
                othersShare);
        try {
            LoadResult load = new ObjectMapper().readValue(json, LoadResult.class);
            return new Run(scenario.id(), contender, round, load, 7L << 20, 2L << 20);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** One in which nothing is in doubt. */
    public static Run of(Scenario scenario, Contender contender, int round, double requestsPerSecond) {
        return of(scenario, contender, round, requestsPerSecond, 1, 0.5, 0);
    }
}
