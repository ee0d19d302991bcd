package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
                "--system-calls",
                "--out=" + directory);
    }

    private static JsonNode json(Path directory) throws IOException {
        return new ObjectMapper().readTree(directory.resolve("quick.json").toFile());
    }

    @Test
    void measuresEveryKindOfScenario(@TempDir Path directory) throws IOException {
        assertEquals(0, suite(directory, "echo-64-1000,echo-64-1000-at-50,backends-64,proxy-64-1000", 1));
        for (JsonNode run : json(directory).at("/runs")) {
            assertTrue(run.at("/load/requests").asLong() > 0, run::toString);
            boolean isOpenLoop = run.at("/scenario").asText().endsWith("-at-50");
            assertEquals(isOpenLoop, run.at("/load/ratePerSecond").asDouble() > 0, run::toString);
            if (run.at("/scenario").asText().startsWith("backends")) {
                assertEquals(3, run.at("/load/load/upstreamRequestsPerRequest").asDouble(), 0.5, run::toString);
            }
        }
        assertTrue(json(directory)
                        .at("/summary/echo-64-1000/BARE/SYSTEM_CALLS_PER_REQUEST/median")
                        .asDouble()
                >= 1);
    }

    @Test
    void whatWasBrokenOffGoesOn(@TempDir Path directory) throws IOException {
        assertEquals(0, suite(directory, "echo-64-64", 1));
        JsonNode first = json(directory).at("/runs");
        assertEquals(0, suite(directory, "echo-64-64", 2));
        JsonNode both = json(directory).at("/runs");
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
        Files.writeString(markdown, "<!-- figures: verdict -->\n<!-- end of figures -->\n");
        assertEquals(
                0,
                Bench.run(
                        "publish",
                        "--results=" + directory.resolve("quick.json"),
                        "--page=" + page,
                        markdown.toString()));
        assertTrue(Files.readString(markdown).contains("Greenlets "));
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
