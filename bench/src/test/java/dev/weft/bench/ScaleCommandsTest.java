package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code dev.weft.bench.scale}, end to end, with few of everything. */
@Timeout(120)
class ScaleCommandsTest {
    @TempDir
    private Path directory;

    private JsonNode resultsOf(String... arguments) throws IOException {
        Path out = directory.resolve("out.json");
        String[] all = Arrays.copyOf(arguments, arguments.length + 1);
        all[arguments.length] = "--out=" + out;
        assertEquals(0, Bench.run(all));
        return new ObjectMapper().readTree(out.toFile()).at("/results");
    }

    @Test
    void everySceneIsMeasured() throws IOException {
        JsonNode scenes = resultsOf("scale", "--count=1000", "--connections=20", "--rest=1");
        assertEquals(7, scenes.size());
        for (JsonNode scene : scenes) {
            assertTrue(scene.at("/count").asInt() >= 20, scene.toString());
            assertTrue(scene.has("coldBytesEach"), scene.toString());
        }
        long parked = scenes.get(0).at("/bytesEach").asLong();
        assertTrue(parked > 300 && parked < 5_000, "bytes of a parked greenlet: " + parked);
    }

    @Test
    void everyCollectorsPausesAreMeasured() throws IOException {
        JsonNode rows = resultsOf("pauses", "--count=2000", "--window=1", "--heap=64m");
        assertEquals(4, rows.size());
        for (JsonNode row : rows) {
            assertTrue(row.at("/wakeUpsPerSecond").asDouble() > 100, row.toString());
            assertTrue(row.at("/pauses").asInt() > 0, row.toString());
            assertTrue(
                    row.at("/longestMillis").asDouble()
                            >= row.at("/medianMillis").asDouble(),
                    row.toString());
            assertTrue(row.at("/pausedPercent").asDouble() < 100, row.toString());
        }
    }

    @Test
    void everyStartIsMeasured() throws IOException {
        JsonNode starts = resultsOf("startup", "--runs=1");
        assertTrue(starts.size() >= 6, starts.toString());
        for (JsonNode start : starts) {
            double fromMain = start.at("/fromMainMillis/median").asDouble();
            assertTrue(fromMain > 0, start.toString());
            assertTrue(start.at("/fromProcessMillis/median").asDouble() >= fromMain - 1, start.toString());
        }
    }
}
