package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class IdleCommandTest {
    @Test
    void latencyAndCpuTimeAreMeasured(@TempDir Path directory) throws IOException {
        Path out = directory.resolve("idle.json");
        assertEquals(0, Bench.run("idle", "--rounds=1", "--asks=5", "--out=" + out));
        JsonNode figures = new ObjectMapper().readTree(out.toFile()).at("/results/0");
        for (String latency : List.of("/afterSleep", "/inRow")) {
            assertTrue(figures.at(latency + "/ratio/0").asDouble() > 0, figures.toString());
            assertTrue(figures.at(latency + "/eventFdMicros/0").asDouble() > 0, figures.toString());
        }
        assertTrue(figures.has("idleCpuPercent"), figures.toString());
    }
}
