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

/** The command, end to end, with few of everything. */
@Timeout(120)
class ScaleTest {
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
        assertTrue(scenes.get(6).has("residentBytes"), scenes.toString());
        long parked = scenes.get(0).at("/bytesEach").asLong();
        assertTrue(parked > 300 && parked < 5_000, "bytes of a parked greenlet: " + parked);
    }
}
