package dev.weft.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeFiguresTest {
    private static final ReadmeFigures FIGURES = new ReadmeFigures(Samples.of(150_000, 110_000, 120_000));
    private static final Path KEPT = Path.of("results", "newest.json");

    @Test
    void figuresReplaceWhatStoodBetweenTheirMarks() {
        String page = "before\n<!-- figures: ratios -->\nold\n<!-- end of figures -->\nafter\n";
        String filled = FIGURES.in(page);
        assertTrue(filled.startsWith("before\n<!-- figures: ratios -->\n| greenlets against |"), filled);
        assertTrue(filled.contains("| echo, 64 B, 1,000 connections: requests a second | 1.20 (1.10-1.50) |"), filled);
        assertTrue(filled.contains("| echo, 64 B, 1,000 connections: CPU per request (less is better) | "), filled);
        assertTrue(filled.endsWith("<!-- end of figures -->\nafter\n"), filled);
        assertEquals(filled, FIGURES.in(filled));
    }

    @Test
    void aPageWithoutMarksStaysAsItIs() {
        assertEquals("nothing\n", FIGURES.in("nothing\n"));
    }

    @Test
    void anUnknownNameIsNamed() {
        IllegalArgumentException failure = assertThrows(
                IllegalArgumentException.class,
                () -> FIGURES.in("<!-- figures: weather -->\n<!-- end of figures -->\n"));
        assertTrue(failure.toString().contains("weather"), failure.toString());
    }

    @Test
    void thePagesOfTheProjectSayWhatTheKeptResultsSay() throws IOException {
        ReadmeFigures kept = ReadmeFigures.of(KEPT);
        for (Path page : new Path[] {Path.of("..", "README.md"), Path.of("README.md")}) {
            String text = Files.readString(page);
            assertTrue(text.contains("<!-- figures: "), page + " has no figures");
            assertEquals(kept.in(text), text, page + " is not of " + KEPT + "; run the command publish");
        }
    }

    @Test
    void theResultsOfOtherCommandsBecomeTables(@TempDir Path directory) throws IOException {
        Path kept = directory.resolve("newest.json");
        Samples.of(150_000, 110_000, 120_000).writeTo(kept);
        Files.writeString(directory.resolve("pauses.json"), """
                {"command": "pauses", "started": "2026-01-02T03:04:05Z", "machine": {"jvm": "a VM", "cores": 2},
                 "results": [{"collector": "ZGC", "liveMiB": 700, "wakeUpsPerSecond": 123456.7, "pauses": 8,
                              "medianMillis": 0.0123, "longestMillis": 1.25, "pausedPercent": 0.04, "longestGapMillis": 99.7}]}
                """);
        assertEquals("""
                <!-- figures: pauses -->
                | collector | live MiB | wake-ups/s | pauses | median ms | longest ms | paused % | longest gap ms |
                |---|---|---|---|---|---|---|---|
                | ZGC | 700 | 123,457 | 8 | 0.01 | 1.3 | 0.0 | 100 |

                a VM, 2 cores, 2026-01-02.
                <!-- end of figures -->
                """, ReadmeFigures.of(kept).in("<!-- figures: pauses -->\n<!-- end of figures -->\n"));
    }
}
