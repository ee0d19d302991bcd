package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(240) // it starts JVMs
class SuiteTest {
    private static int suite(Path directory, String scenarios, int rounds) {
        return Bench.run(
                "suite",
                "--scenarios=" + scenarios,
                "--on=greenlets,bare",
                "--rounds=" + rounds,
                "--warm-up=0.2",
                "--window=0.4",
                "--out=" + directory);
    }

    private static JsonNode json(Path directory) throws IOException {
        return new ObjectMapper().readTree(directory.resolve("quick.json").toFile());
    }

    @Test
    void measuresEveryKindOfScenario(@TempDir Path directory) throws IOException {
        assertEquals(0, suite(directory, "echo-64-1000,echo-64-1000-at-50,tls-64-64,backends-64,proxy-64-1000", 1));
        for (JsonNode run : runs(directory)) {
            assertTrue(run.at("/load/requests").asLong() > 0, run::toString);
            boolean isOpenLoop = run.at("/scenario").asText().endsWith("-at-50");
            assertEquals(isOpenLoop, run.at("/load/ratePerSecond").asDouble() > 0, run::toString);
            if (run.at("/scenario").asText().startsWith("backends")) {
                assertEquals(3, run.at("/load/upstreamCallsPerRequest").asDouble(), 0.5, run::toString);
            }
        }
        assertTrue(throughput(directory, "echo-64-1000") > 0);
        assertTrue(throughput(directory, "echo-64-1000-at-50") > 0);
        assertTrue(throughput(directory, "tls-64-64") > 0);
    }

    /** The file of the single runs, but for its first line. */
    private static List<JsonNode> runs(Path directory) throws IOException {
        List<JsonNode> runs = new ArrayList<>();
        List<String> lines = Files.readAllLines(directory.resolve("quick.runs"));
        for (String line : lines.subList(1, lines.size())) {
            runs.add(new ObjectMapper().readTree(line));
        }
        return runs;
    }

    private static double throughput(Path directory, String scenario) throws IOException {
        for (JsonNode one : json(directory).at("/scenarios")) {
            if (one.at("/id").asText().equals(scenario)) {
                return one.at("/contenders/GREENLETS/figures/REQUESTS_PER_SECOND/0")
                        .asDouble();
            }
        }
        throw new AssertionError("no " + scenario);
    }

    @Test
    void whatWasBrokenOffGoesOn(@TempDir Path directory) throws IOException {
        assertEquals(0, suite(directory, "echo-64-64", 1));
        List<JsonNode> first = runs(directory);
        assertEquals(0, suite(directory, "echo-64-64", 2));
        List<JsonNode> both = runs(directory);
        assertEquals(2, first.size());
        assertEquals(4, both.size());
        assertEquals(first.get(0), both.get(0));
        assertEquals(first.get(1), both.get(1));
    }

    @Test
    void thePageAndTheFiguresOfKeptResultsAreWrittenAgain(@TempDir Path directory) throws IOException {
        assertEquals(0, suite(directory, "echo-64-64", 1));
        Path markdown = directory.resolve("README.md");
        Path page = directory.resolve("again.html");
        Files.writeString(markdown, "<!-- figures: matrix -->\n<!-- end of figures -->\n");
        assertEquals(
                0,
                Bench.run(
                        "publish",
                        "--results=" + directory.resolve("quick.json"),
                        "--page=" + page,
                        markdown.toString()));
        assertTrue(Files.readString(markdown).contains("| Greenlets against |"));
        assertEquals(Files.readString(directory.resolve("quick.html")), Files.readString(page));
    }

    @Test
    void whatDoesNotExistIsToldWithTheCure(@TempDir Path directory) {
        assertEquals(1, suite(directory, "no-such-thing", 1));
        assertEquals(
                List.of(),
                List.of(directory.resolve("quick.json").toFile().exists() ? "results" : "").stream()
                        .filter(text -> !text.isEmpty())
                        .toList());
    }
}
