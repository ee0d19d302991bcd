package dev.weft.bench.targets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.bench.cost.Costs;
import dev.weft.bench.report.Spread;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class TargetTest {
    @Test
    void theMedianMeetsOrMissesABound() {
        Spread measured = Spread.of(1.1, 1.2, 1.6);
        assertEquals(
                "met     speed: 1.20 (1.10-1.60), at least 1.20",
                new Target("speed", Limit.atLeast(1.2), measured).text());
        assertEquals(
                "MISSED  cost: 1.20 (1.10-1.60), at most 1.19",
                new Target("cost", Limit.atMost(1.19), measured).text());
    }

    @Test
    void whatIsMissingIsNotMeasured() {
        assertEquals(
                "speed: at least 1.20; not measured, because a contender is missing",
                new Target("speed", Limit.atLeast(1.2), null).text());
    }

    @Test
    void aCostHasABoundInNanosecondsAndOneAgainstVirtualThreads() {
        Costs.Figure figure = new Costs.Figure(
                "A.b", Map.of(), "GREENLET", "ns/op", List.of(200.0), Map.of("VIRTUAL", Spread.of(0.9)));
        assertEquals(
                List.of(
                        "met     A.b, ns/op: 200.00 (200.00-200.00), at most 250.00",
                        "met     A.b / virtual threads: 0.90 (0.90-0.90), at most 1.00"),
                new CostBound("A.b", OptionalDouble.of(250), 1)
                        .targets(figure)
                        .map(Target::text)
                        .toList());
    }
}
