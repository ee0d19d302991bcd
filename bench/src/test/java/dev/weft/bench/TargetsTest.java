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

@Timeout(120) // it starts JVMs
class TargetsTest {
    @Test
    void aRaceIsMeasuredAndComparedWithItsBounds(@TempDir Path directory) throws IOException {
        assertEquals(
                0,
                Bench.run(
                        "targets",
                        "--only=echo-64-1000-sockets",
                        "--rounds=1",
                        "--warm-up=0.2",
                        "--window=0.3",
                        "--out=" + directory));
        JsonNode targets = new ObjectMapper()
                .readTree(directory.resolve("targets.json").toFile())
                .at("/results");
        assertEquals(1, targets.size());
        assertEquals("AT_LEAST", targets.at("/0/limit/kind").asText());
        assertEquals(1.3, targets.at("/0/limit/value").asDouble());
        assertTrue(targets.at("/0/measured/0").asDouble() > 0, targets.toString());
    }

    @Test
    void anUnknownNameIsAnError(@TempDir Path directory) {
        assertEquals(1, Bench.run("targets", "--only=no-such-thing", "--out=" + directory));
    }
}
