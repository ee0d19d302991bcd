package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.load.Load;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class C10kTest {
    private static final Pinning NONE = new Pinning(Optional.of("tests share the machine"));

    @Test
    void comparesAllContendersEndToEnd(@TempDir Path directory) throws IOException {
        int status = Bench.run(
                "c10k",
                "--connections=20",
                "--rounds=1",
                "--warm-up=0.1",
                "--window=0.3",
                "--with-bare",
                "--out=" + directory);
        assertEquals(0, status);
        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("c10k-20.json").toFile());
        assertEquals(4, json.at("/measurements").size());
        for (JsonNode run : json.at("/measurements")) {
            assertTrue(run.at("/load/requests").asLong() >= 20, run.toString());
            assertTrue(run.at("/load/serverCpuMicrosPerRequest").asDouble() > 0, run.toString());
        }
        assertTrue(Files.size(directory.resolve("c10k-20.html")) > 100_000);
    }

    @Test
    void comparesTheSocketsOfJavaNetOnEveryCarrier(@TempDir Path directory) throws IOException {
        int status = Bench.run(
                "c10k",
                "--connections=20",
                "--rounds=1",
                "--warm-up=0.1",
                "--window=0.3",
                "--on=sockets,sockets_jdk,sockets_virtual,sockets_threads",
                "--out=" + directory);
        assertEquals(0, status);
        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("c10k-20.json").toFile());
        assertEquals("SOCKETS", json.at("/subject").asText());
        for (JsonNode run : json.at("/measurements")) {
            assertTrue(run.at("/load/requests").asLong() >= 20, run.toString());
        }
        assertEquals(4, json.at("/measurements").size());
        assertFalse(json.at("/ratios").isEmpty());
    }

    @Test
    void aServerThatDoesNotStartIsExplainedWithItsOwnWords() {
        Settings settings = settings(List.of("-XX:NoSuchFlag"));
        BenchFailure failure =
                assertThrows(BenchFailure.class, () -> trial(settings).run(Contender.BARE, 1));
        assertTrue(failure.toString().contains("server ended with status 1"), failure.toString());
        assertTrue(failure.toString().contains("NoSuchFlag"), failure.toString());
    }

    @Test
    void closingAChildKillsIt() {
        List<String> arguments = List.of(BareSelectorEcho.class.getName(), "--port", "0");
        Child child = Child.java("server", List.of(), arguments);
        assertTrue(child.nextLine(Duration.ofSeconds(30)).startsWith("listening on "));
        child.close();
        assertFalse(child.isAlive());
    }

    @Test
    void aChildThatSaysNothingIsGivenUp() {
        List<String> arguments = List.of(BareSelectorEcho.class.getName(), "--port", "0");
        try (Child child = Child.java("server", List.of(), arguments)) {
            child.nextLine(Duration.ofSeconds(30));
            BenchFailure failure = assertThrows(BenchFailure.class, () -> child.nextLine(Duration.ZERO));
            assertTrue(failure.toString().contains("server said nothing"), failure.toString());
        }
    }

    private static Trial trial(Settings settings) {
        return new Trial(settings, NONE, new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    }

    private static Settings settings(List<String> flags) {
        return new Settings(List.of(Contender.BARE), 5, 64, 1, 0.1, 0.1, Load.Engine.NIO, flags);
    }
}
