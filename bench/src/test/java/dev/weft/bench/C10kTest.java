package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120) // it starts JVMs
class C10kTest {
    private static JsonNode c10k(Path directory, String... more) throws IOException {
        String[] common = {
            "c10k", "--connections=20", "--rounds=1", "--warm-up=0.1", "--window=0.3", "--out=" + directory
        };
        String[] arguments = new String[common.length + more.length];
        System.arraycopy(common, 0, arguments, 0, common.length);
        System.arraycopy(more, 0, arguments, common.length, more.length);
        assertEquals(0, Bench.run(arguments));
        return new ObjectMapper().readTree(directory.resolve("c10k-20.json").toFile());
    }

    @Test
    void comparesItsContendersEndToEnd(@TempDir Path directory) throws IOException {
        JsonNode json = c10k(directory, "--with-bare");
        JsonNode contenders = json.at("/scenarios/0/contenders");
        assertEquals(4, contenders.size());
        for (JsonNode one : contenders) {
            assertTrue(one.at("/figures/REQUESTS_PER_SECOND/0").asDouble() >= 20, one::toString);
            assertTrue(one.at("/figures/CPU_MICROS_PER_REQUEST/0").asDouble() > 0, one::toString);
        }
        assertTrue(Files.readString(directory.resolve("c10k-20.html")).contains("echo, 64 B, 20 connections"));
    }

    @Test
    void comparesTheSocketsOfJavaNetOnEveryCarrier(@TempDir Path directory) throws IOException {
        JsonNode json = c10k(directory, "--on=sockets,sockets_jdk,sockets_virtual,sockets_threads");
        assertEquals("SOCKETS", json.at("/subject").asText());
        JsonNode contenders = json.at("/scenarios/0/contenders");
        assertEquals(4, contenders.size());
        assertFalse(contenders.at("/SOCKETS_VIRTUAL/ratios").isEmpty());
    }

    @Test
    void eachTimeItMeasuresAnew(@TempDir Path directory) throws IOException {
        JsonNode first = c10k(directory, "--on=bare");
        JsonNode second = c10k(directory, "--on=bare");
        assertFalse(first.at("/scenarios/0/contenders/BARE").equals(second.at("/scenarios/0/contenders/BARE")));
    }
}
