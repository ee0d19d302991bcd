package dev.weft.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.Bench;
import dev.weft.bench.machine.Child;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class CostsTest {
    @Test
    void everyContenderOfACostIsMeasuredInEveryRound(@TempDir Path directory) throws Exception {
        Path out = directory.resolve("costs.json");
        List<String> arguments = List.of(
                "-Djmh.ignoreLock=true", // other builds may measure at the same time
                Bench.class.getName(),
                "costs",
                "--only=SpawnAndJoin.oneByOne",
                "--on=BARE",
                "--rounds=2",
                "--millis=5",
                "--out=" + out);
        try (Child costs = Child.java("costs", arguments)) { // JMH needs what the tests' JVM denies
            costs.finish(Duration.ofSeconds(100));
        }
        JsonNode costs = new ObjectMapper().readTree(out.toFile()).at("/results");
        assertEquals(2, costs.size());
        JsonNode own = costs.get(0);
        assertEquals("GREENLET", own.at("/contender").asText());
        assertEquals("ns/op", own.at("/unit").asText());
        assertEquals(2, own.at("/scores").size());
        assertTrue(own.at("/ratios/BARE/1").asDouble() > 0, own.toString());
        assertEquals("BARE", costs.get(1).at("/contender").asText());
        assertTrue(costs.get(1).at("/ratios").isEmpty(), costs.toString());
    }

    @Test
    void allCostsOfThePackageAreKnownWithTheirParameters() {
        List<Cost> costs = Cost.matching(".*");
        Cost select = named(costs, "SelectCost.waitForOne{clauses=64}");
        assertEquals(List.of(""), select.contenders());
        Cost step = named(costs, "GeneratorStep.inAGreenlet");
        assertEquals("GENERATOR", step.contenders().getFirst());
        assertEquals("source", step.contenderParameter());
    }

    private static Cost named(List<Cost> costs, String label) {
        return costs.stream()
                .filter(cost -> cost.label().equals(label))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void ratiosAreThoseOfEachRound() {
        Cost cost = new Cost("dev.weft.bench.cost.A.b", new TreeMap<>(), "carrier", List.of("GREENLET", "BARE"));
        List<Costs.Figure> figures = Costs.figures(
                cost,
                "ns/op",
                new TreeMap<>(Map.of("GREENLET", List.of(2.0, 6.0, 4.0), "BARE", List.of(1.0, 2.0, 2.0))));
        Costs.Figure own = figures.get(1);
        assertEquals("GREENLET 4.000 (2.000-6.000) ns/op; ratio to BARE 2.00 (2.00-3.00)", own.text());
    }
}
