package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @Test
    void ratiosAreTakenRoundByRound() {
        Ratio ratio = requestsRatio(Reports.of(150_000, 110_000, 120_000));
        assertEquals(new Spread(1.2, 1.1, 1.5), ratio.spread());
        assertEquals(Ratio.Outcome.WIN, ratio.outcome());
    }

    @Test
    void roundsThatDisagreeAreATie() {
        assertEquals(
                Ratio.Outcome.TIE,
                requestsRatio(Reports.of(150_000, 90_000, 120_000)).outcome());
    }

    private static Ratio requestsRatio(Report report) {
        return report.ratios().stream()
                .filter(ratio -> ratio.metric() == Metric.REQUESTS_PER_SECOND)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void verdictSaysWhereGreenletsLose() {
        String verdict = String.join(" ", Reports.of(50_000, 60_000, 70_000).verdict());
        assertTrue(verdict.contains("lose on requests a second (0.60 times theirs)"), verdict);
    }

    @Test
    void aFullLoadGeneratorBesideAnIdleServerIsNamedAsTheBottleneck() {
        List<Measurement> runs = List.of(
                Reports.run(Contender.GREENLETS, 1, 100_000, 0.99, 0.7),
                Reports.run(Contender.VIRTUAL, 1, 90_000, 0.99, 0.99));
        Report report = Reports.of(runs, 1);
        assertTrue(report.isLimitedByLoad(Contender.GREENLETS));
        assertFalse(report.isLimitedByLoad(Contender.VIRTUAL));
        String verdict = String.join(" ", report.verdict());
        assertTrue(verdict.contains("bottleneck for greenlets (1 of 1 runs)"), verdict);
        assertTrue(TerminalTable.of(report).contains("99 LIMIT"));
    }

    @Test
    void aDisturbedRunIsToldBeforeAnythingElse() {
        Report report =
                Reports.of(List.of(Reports.disturbed(Contender.GREENLETS), Reports.disturbed(Contender.VIRTUAL)), 1);
        assertTrue(report.verdict().get(0).startsWith("Beware: other processes"), report.verdict()::toString);
    }

    @Test
    void tableShowsMedianAndRange() {
        String table = TerminalTable.of(Reports.of(150_000, 110_000, 120_000));
        assertTrue(table.contains("120,000"), table);
        assertTrue(table.contains("110,000-150,000"), table);
        assertTrue(table.contains("1.20 (1.10-1.50)"), table);
    }

    @Test
    void jsonHasEveryRunTheSummaryAndTheMachine(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("new/c10k.json");
        Reports.of(150_000, 110_000, 120_000).writeJson(file);
        JsonNode json = new ObjectMapper().readTree(file.toFile());
        assertEquals(6, json.at("/measurements").size());
        assertEquals(150_000, json.at("/measurements/0/load/requestsPerSecond").asDouble());
        assertEquals(
                120_000,
                json.at("/summary/GREENLETS/REQUESTS_PER_SECOND/median").asDouble());
        assertEquals(1.2, json.at("/ratios/0/spread/median").asDouble());
        assertEquals("a <fast> cpu", json.at("/machine/cpu").asText());
        assertEquals("c10k", json.at("/command/3").asText());
        assertFalse(json.at("/measurements/0/load/limitedByLoad").isMissingNode());
    }
}
