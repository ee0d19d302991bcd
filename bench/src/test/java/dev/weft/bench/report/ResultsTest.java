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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultsTest {
    private static Ratio ratio(Results results) {
        return results.scenarios()
                .getFirst()
                .ratio(Contender.VIRTUAL, Metric.REQUESTS_PER_SECOND)
                .orElseThrow();
    }

    @Test
    void ratiosAreTakenRoundByRound() {
        assertEquals(
                new Ratio(new Spread(1.2, 1.1, 1.5), Ratio.Outcome.WIN), ratio(Samples.of(150_000, 110_000, 120_000)));
    }

    @Test
    void aRoundThatOneOfThemLacksIsLeftOut() {
        List<Run> runs = List.of(
                Runs.of(Samples.ECHO, Contender.GREENLETS, 1, 150_000),
                Runs.of(Samples.ECHO, Contender.GREENLETS, 2, 110_000),
                Runs.of(Samples.ECHO, Contender.VIRTUAL, 2, 100_000));
        assertEquals(
                new Spread(1.1, 1.1, 1.1),
                ratio(Samples.of(List.of(Samples.ECHO), runs)).spread());
    }

    @Test
    void roundsThatDisagreeAreATie() {
        assertEquals(
                Ratio.Outcome.TIE, ratio(Samples.of(150_000, 90_000, 120_000)).outcome());
    }

    @Test
    void oneRoundInSixMayDisagree() {
        assertEquals(Ratio.Outcome.WIN, outcome(1.1, 1.2, 0.9, 1.3, 1.1, 1.2));
        assertEquals(Ratio.Outcome.LOSE, outcome(0.9, 0.8, 1.1, 0.9, 0.9, 0.9));
        assertEquals(Ratio.Outcome.TIE, outcome(1.1, 1.2, 0.9, 1.3, 1.01, 1.2));
        assertEquals(Ratio.Outcome.TIE, outcome(1.1, 1.2, 0.9, 1.3, 1.1));
    }

    private static Ratio.Outcome outcome(double... rounds) {
        return Ratio.of(Metric.REQUESTS_PER_SECOND, rounds).orElseThrow().outcome();
    }

    @Test
    void whatAConnectionTakesIsWhatThereIsMoreThanWithoutThem() {
        assertEquals(51.2, median(Metric.RESIDENT_KIB_PER_CONNECTION));
    }

    private static double median(Metric metric) {
        ScenarioResults scenario = Samples.of(100_000).scenarios().getFirst();
        return Optional.ofNullable(scenario.contenders().get(Contender.GREENLETS))
                .map(measured -> measured.figures().get(metric))
                .orElseThrow()
                .median();
    }

    @Test
    void whereTheSubjectLosesIsToldWithHowOftenAndHowMuch() {
        assertEquals("No losses in throughput.", losses(Samples.of(150_000, 110_000, 120_000)));
        assertEquals("No losses in throughput.", losses(Samples.of(100_000, 101_000)));
        assertEquals(
                "Scenarios lost on throughput: 1 of 1 against virtual threads (worst ratio 0.60); none against the others.",
                losses(Samples.of(50_000, 60_000, 70_000)));
    }

    private static String losses(Results results) {
        return new Matrix(results, Metric.REQUESTS_PER_SECOND).losses();
    }

    @Test
    void atAFixedRateNobodyWinsIfTheLoadGeneratorWasLate() {
        Scenario open = Samples.ECHO.atShareOfMaximum(0.8);
        Run greenlets = Runs.of(open, Contender.GREENLETS, 1, 80_000, 0.5, 1, 0);
        Run virtual = Runs.of(open, Contender.VIRTUAL, 1, 50_000);
        assertTrue(isUndecided(open, greenlets, virtual));
        assertFalse(isUndecided(open, virtual));
        ScenarioResults late = Samples.of(List.of(open), List.of(greenlets, virtual))
                .scenarios()
                .getFirst();
        assertEquals(
                Optional.of(Ratio.Outcome.TIE),
                late.ratio(Contender.VIRTUAL, Metric.P99_MILLIS).map(Ratio::outcome));
    }

    private static boolean isUndecided(Scenario scenario, Run... runs) {
        return Samples.of(List.of(scenario), List.of(runs))
                .scenarios()
                .getFirst()
                .isUndecided();
    }

    @Test
    void runsThatTheLoadGeneratorLimitedAreCountedAndMarked() {
        Results results = Samples.of(
                List.of(Samples.ECHO),
                List.of(
                        Runs.of(Samples.ECHO, Contender.GREENLETS, 1, 100_000, 0.7, 0.99, 0),
                        Runs.of(Samples.ECHO, Contender.VIRTUAL, 1, 90_000, 0.99, 0.99, 0)));
        String doubts = String.join(" ", results.doubts());
        assertTrue(doubts.contains("In 1 of 2 runs the load generator was the bottleneck"), doubts);
        assertTrue(TerminalTable.of(results).contains("99 LIMIT"));
    }

    @Test
    void disturbedRunsAreToldOnce() {
        Results results = Samples.of(
                List.of(Samples.ECHO),
                List.of(
                        Runs.of(Samples.ECHO, Contender.GREENLETS, 1, 100_000, 1, 0.5, 0.5),
                        Runs.of(Samples.ECHO, Contender.VIRTUAL, 1, 100_000)));
        assertEquals(1, results.doubts().size());
        assertTrue(results.doubts().getFirst().startsWith("In 1 of 2 runs other programs"));
        assertEquals(List.of(), Samples.of(100_000).doubts());
    }

    @Test
    void tableShowsMedianRangeAndRatio() {
        String table = TerminalTable.of(Samples.of(150_000, 110_000, 120_000));
        assertTrue(table.contains("120,000"), table);
        assertTrue(table.contains("110,000-150,000"), table);
        assertTrue(table.contains("1.20 (1.10-1.50)"), table);
    }

    @Test
    void theFileHasALineForEachContenderOfAScenarioAndCanBeReadAgain(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("new/some.json");
        Results results = Samples.of(150_000, 110_000, 120_000);
        results.writeTo(file);
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        JsonNode virtual = json.at("/scenarios/0/contenders/VIRTUAL");
        assertEquals(3, virtual.at("/runs").asInt());
        assertEquals(100_000, virtual.at("/figures/REQUESTS_PER_SECOND/0").asDouble());
        assertEquals(1.2, virtual.at("/ratios/REQUESTS_PER_SECOND/0/0").asDouble());
        assertEquals("WIN", virtual.at("/ratios/REQUESTS_PER_SECOND/1").asText());
        assertEquals("a <fast> cpu", json.at("/machine/cpu").asText());
        assertEquals("Weft 0.1", json.at("/versions/GREENLETS").asText());
        assertEquals(
                1,
                Files.readAllLines(file).stream()
                        .filter(line -> line.contains("\"ratios\""))
                        .count());
        assertEquals(results, Results.read(file));
    }
}
