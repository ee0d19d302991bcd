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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

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
        try (Child costs = Child.java("costs", List.of(), arguments)) { // JMH needs what the tests' JVM denies
            costs.finish(Duration.ofSeconds(100));
        }
        JsonNode costs = new ObjectMapper().readTree(out.toFile()).at("/costs");
        assertEquals(2, costs.size());
        JsonNode own = costs.get(0);
        assertEquals("GREENLET", own.at("/carrier").asText());
        assertEquals("ns/op", own.at("/unit").asText());
        assertEquals(2, own.at("/scores").size());
        assertTrue(own.at("/ratios/BARE/lowest").asDouble() > 0, own.toString());
        assertEquals("BARE", costs.get(1).at("/carrier").asText());
        assertTrue(costs.get(1).at("/ratios").isEmpty(), costs.toString());
    }

    @Test
    void allCostsOfThePackageAreKnownWithTheirParameters() {
        List<Cost> costs = Cost.matching(".*");
        assertEquals(
                3,
                costs.stream()
                        .filter(cost -> cost.benchmark().endsWith("SwitchAtDepth.comeUp"))
                        .count());
        Cost timers = costs.stream()
                .filter(cost -> cost.label().equals("TimerAmongMany.setAndCancel{pending=1000000}"))
                .findFirst()
                .orElseThrow();
        assertEquals(List.of("LOOP", "SCHEDULED_EXECUTOR"), timers.contenders());
        assertEquals("source", timers.whose());
    }

    @Test
    void ratiosAreThoseOfEachRound() {
        Cost cost = new Cost("dev.weft.bench.cost.A.b", new TreeMap<>(), "carrier", List.of("GREENLET", "BARE"));
        List<CostFigure> figures = CostFigure.of(
                cost,
                "ns/op",
                new TreeMap<>(Map.of("GREENLET", List.of(2.0, 6.0, 4.0), "BARE", List.of(1.0, 2.0, 2.0))));
        CostFigure own = figures.get(1);
        assertEquals(4, own.score());
        assertEquals(2, own.error());
        assertEquals("GREENLET 4.000 (2.000-6.000) ns/op; by BARE 2.00 (2.00-3.00)", own.text());
    }

    @ParameterizedTest
    @EnumSource(TimerSource.class)
    void timersAreSetAndCancelledAmongOthers(TimerSource source) {
        try (TimerSource.Opened timers = source.open()) {
            timers.setForGood(100);
            assertEquals(50, timers.setAndCancel(50));
        }
    }

    @ParameterizedTest
    @EnumSource(Door.class)
    void everyMessageComesThroughTheDoor(Door door) throws Exception {
        FanIn.Senders senders = new FanIn.Senders();
        senders.door = door;
        senders.open();
        for (int round = 0; round < 2; round++) {
            assertEquals(4 * sumOfOneSender(), new FanIn().message(senders));
        }
        senders.close();
    }

    private static long sumOfOneSender() {
        long sum = 0;
        for (int i = 0; i < 10_000; i++) {
            sum += i & 127;
        }
        return sum;
    }

    @ParameterizedTest
    @EnumSource(Carrier.class)
    void everyFrameIsEntered(Carrier carrier) {
        CarrierState state = new CarrierState();
        state.carrier = carrier;
        state.open();
        SwitchAtDepth.Depth depth = new SwitchAtDepth.Depth();
        depth.depth = 10;
        assertEquals(100 * 10, new SwitchAtDepth().stayDown(state, depth));
        assertEquals(100 * 1_000 * 10, new SwitchAtDepth().withoutSwitch(state, depth));
        state.close();
    }
}
