package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LookCommandTest {
    @Test
    void durationAndDelayAreMeasured(@TempDir Path directory) throws IOException {
        Path out = directory.resolve("look.json");
        assertEquals(0, Bench.run("look", "--rounds=1", "--greenlets=100", "--out=" + out));
        JsonNode figures = new ObjectMapper().readTree(out.toFile()).at("/results/0");
        assertTrue(figures.at("/seconds/0").asDouble() > 0, figures.toString());
        assertTrue(figures.has("delayMillis"), figures.toString());
        assertTrue(figures.has("undisturbedMillis"), figures.toString());
    }
}
