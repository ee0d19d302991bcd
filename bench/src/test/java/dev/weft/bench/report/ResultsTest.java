package dev.weft.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Run;
import dev.weft.bench.suite.Runs;
import dev.weft.bench.suite.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static Ratio ratio(Results results, Metric metric) {
        return results.comparisons().get(0).ratio(Contender.VIRTUAL, metric).orElseThrow();
    }

    @Test
    void ratiosAreTakenRoundByRound() {
        Ratio ratio = ratio(Samples.of(150_000, 110_000, 120_000), Metric.REQUESTS_PER_SECOND);
        assertEquals(new Spread(1.2, 1.1, 1.5, 3), ratio.spread());
        assertEquals(Ratio.Outcome.WIN, ratio.outcome());
    }

    @Test
    void aRoundThatOneOfThemLacksIsLeftOut() {
        List<Run> runs = new ArrayList<>(Samples.of(150_000, 110_000, 120_000).runs());
        runs.removeIf(run -> run.contender() == Contender.VIRTUAL && run.round() == 1);
        Ratio ratio = ratio(Samples.of(List.of(Samples.ECHO), runs), Metric.REQUESTS_PER_SECOND);
        assertEquals(1.1, ratio.spread().lowest());
        assertEquals(1.2, ratio.spread().highest());
    }

    @Test
    void roundsThatDisagreeAreATie() {
        assertEquals(
                Ratio.Outcome.TIE,
                ratio(Samples.of(150_000, 90_000, 120_000), Metric.REQUESTS_PER_SECOND)
                        .outcome());
    }

    @Test
    void oneRoundInSixMayDisagree() {
        assertEquals(Ratio.Outcome.WIN, outcome(1.1, 1.2, 0.9, 1.3, 1.1, 1.2));
        assertEquals(Ratio.Outcome.LOSE, outcome(0.9, 0.8, 1.1, 0.9, 0.9, 0.9));
        assertEquals(Ratio.Outcome.TIE, outcome(1.1, 1.2, 0.9, 1.3, 1.01, 1.2));
        assertEquals(Ratio.Outcome.TIE, outcome(1.1, 1.2, 0.9, 1.3, 1.1));
    }

    private static Ratio.Outcome outcome(double... rounds) {
        return Ratio.of(Contender.VIRTUAL, Metric.REQUESTS_PER_SECOND, rounds)
                .orElseThrow()
                .outcome();
    }

    @Test
    void systemCallsAreThoseOfTheRoundInWhichTheyWereCounted() {
        Ratio ratio = ratio(Samples.of(150_000, 110_000, 120_000), Metric.SYSTEM_CALLS_PER_REQUEST);
        assertEquals(new Spread(1, 1, 1, 1), ratio.spread());
    }

    @Test
    void whatAConnectionTakesIsWhatThereIsMoreThanWithoutThem() {
        Comparison comparison = Samples.of(100_000).comparisons().get(0);
        double resident = comparison
                .figure(Contender.GREENLETS, Metric.RESIDENT_KIB_PER_CONNECTION)
                .orElseThrow()
                .median();
        double heap = comparison
                .figure(Contender.GREENLETS, Metric.HEAP_KIB_PER_CONNECTION)
                .orElseThrow()
                .median();
        assertEquals(50 * 1024 / 1000.0, resident);
        assertEquals(5 * 1024 / 1000.0, heap);
    }

    @Test
    void theVerdictHasASentenceForEachWayItCanEnd() {
        assertEquals(
                List.of(
                        "Greenlets win against virtual threads in 1 of 1 (1.20 times their requests a second in"
                                + " \"echo, 64 B, 1,000 connections\").",
                        "Greenlets tie with nobody.",
                        "Greenlets lose to nobody."),
                Samples.of(150_000, 110_000, 120_000).verdict());
        assertEquals(
                "Greenlets lose to virtual threads in 1 of 1 (0.60 times their requests a second in"
                        + " \"echo, 64 B, 1,000 connections\").",
                Samples.of(50_000, 60_000, 70_000).verdict().get(2));
        assertEquals(
                "Greenlets tie with virtual threads in 1 of 1.",
                Samples.of(100_000, 101_000).verdict().get(1));
    }

    @Test
    void atAFixedRateNobodyWinsIfTheLoadGeneratorWasLate() {
        Scenario open = Samples.ECHO.atShareOfMaximum(0.8);
        Results results = Samples.of(
                List.of(open),
                List.of(
                        Runs.of(open, Contender.GREENLETS, 1, 80_000, 0.5, 1, 0),
                        Runs.of(open, Contender.VIRTUAL, 1, 50_000)));
        assertEquals("Greenlets tie with nobody.", results.verdict().get(1));
    }

    @Test
    void atAFixedRateLatencyDecides() {
        Scenario open = Samples.ECHO.atShareOfMaximum(0.8);
        Results results = Samples.of(
                List.of(open),
                List.of(Runs.of(open, Contender.GREENLETS, 1, 80_000), Runs.of(open, Contender.VIRTUAL, 1, 50_000)));
        assertEquals(
                "Greenlets tie with virtual threads in 1 of 1.",
                results.verdict().get(1));
    }

    @Test
    void aFullLoadGeneratorBesideAnIdleServerIsNamedAsTheBottleneck() {
        Results results = Samples.of(
                List.of(Samples.ECHO),
                List.of(
                        Runs.of(Samples.ECHO, Contender.GREENLETS, 1, 100_000, 0.7, 0.99, 0),
                        Runs.of(Samples.ECHO, Contender.VIRTUAL, 1, 90_000, 0.99, 0.99, 0)));
        String verdict = String.join(" ", results.verdict());
        assertTrue(
                verdict.contains("bottleneck for greenlets in \"echo, 64 B, 1,000 connections\" (1 of 1 runs)"),
                verdict);
        assertFalse(verdict.contains("bottleneck for virtual"), verdict);
        assertTrue(TerminalTable.of(results).contains("99 LIMIT"));
    }

    @Test
    void manyForWhomTheLoadGeneratorWasTheBottleneckAreCounted() {
        List<Contender> three = List.of(Contender.GREENLETS, Contender.VIRTUAL, Contender.THREADS);
        List<Run> runs = three.stream()
                .map(contender -> Runs.of(Samples.ECHO, contender, 1, 100_000, 0.7, 0.99, 0))
                .toList();
        String verdict =
                String.join(" ", Samples.of(List.of(Samples.ECHO), three, runs).verdict());
        assertTrue(
                verdict.contains("bottleneck for 3 of 3 contenders in \"echo, 64 B, 1,000 connections\" (3 of 3 runs)"),
                verdict);
    }

    @Test
    void disturbedRunsAreTold() {
        Results results = Samples.of(
                List.of(Samples.ECHO),
                List.of(
                        Runs.of(Samples.ECHO, Contender.GREENLETS, 1, 100_000, 1, 0.5, 0.5),
                        Runs.of(Samples.ECHO, Contender.VIRTUAL, 1, 100_000)));
        assertTrue(
                results.verdict()
                        .get(3)
                        .startsWith(
                                "Beware: other programs, or the host of this virtual machine, took more than 5 % of a core in 1 of 2"));
    }

    @Test
    void tableShowsMedianRangeAndRatio() {
        String table = TerminalTable.of(Samples.of(150_000, 110_000, 120_000));
        assertTrue(table.contains("120,000"), table);
        assertTrue(table.contains("110,000-150,000"), table);
        assertTrue(table.contains("1.20 (1.10-1.50)"), table);
    }

    @Test
    void theJsonFileHasAllAndCanBeReadAgain(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("new/some.json");
        Results results = Samples.of(150_000, 110_000, 120_000);
        results.writeTo(file);
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals(6, json.at("/runs").size());
        assertEquals(
                120_000,
                json.at("/summary/echo-64-1000/GREENLETS/REQUESTS_PER_SECOND/median")
                        .asDouble());
        assertEquals(1.2, json.at("/ratios/echo-64-1000/0/spread/median").asDouble());
        assertEquals("a <fast> cpu", json.at("/machine/cpu").asText());
        assertEquals("Weft 0.1", json.at("/versions/GREENLETS").asText());
        assertEquals(results, Results.read(file));
    }
}
