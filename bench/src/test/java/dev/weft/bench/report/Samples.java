package dev.weft.bench.report;

import dev.weft.bench.machine.Machine;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Plan;
import dev.weft.bench.suite.Run;
import dev.weft.bench.suite.Runs;
import dev.weft.bench.suite.Scenario;
import dev.weft.bench.suite.Scenarios;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Results with figures that are easy to follow. */
final class Samples {
    static final Scenario ECHO = Scenarios.echo(1_000);

    private Samples() {}

    /** Rounds in which greenlets make {@code requests[i]} a second and virtual threads 100,000. */
    static Results of(double... requests) {
        List<Run> runs = new ArrayList<>();
        for (int round = 1; round <= requests.length; round++) {
            runs.add(Runs.of(ECHO, Contender.GREENLETS, round, requests[round - 1]));
            runs.add(Runs.of(ECHO, Contender.VIRTUAL, round, 100_000));
        }
        return of(List.of(ECHO), runs);
    }

    static Results of(List<Scenario> scenarios, List<Run> runs) {
        int rounds = (int) runs.stream().mapToInt(Run::round).distinct().count();
        Plan plan = new Plan(scenarios, List.of(Contender.GREENLETS, Contender.VIRTUAL), rounds, 1, 2, List.of());
        return new Results(
                        "Some <comparison>",
                        "2026-01-01T00:00:00Z",
                        "Weft 0.1",
                        "java -jar bench.jar suite",
                        new Machine("a <fast> cpu", 2, "Linux 1", 1L << 30, "a VM", "25"),
                        "server on core 0",
                        rounds,
                        1,
                        2,
                        List.of(),
                        Contender.GREENLETS,
                        Map.of(Contender.GREENLETS, "Weft 0.1", Contender.VIRTUAL, "JDK 25"),
                        Map.of(Contender.THREADS, "no threads here; apt-get install threads"),
                        List.of())
                .with(plan, runs);
    }
}
