package dev.weft.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeFiguresTest {
    private static final ReadmeFigures FIGURES = new ReadmeFigures(Samples.of(150_000, 110_000, 120_000));
    private static final Path KEPT = Path.of("results", "newest.json");

    @Test
    void figuresReplaceWhatStoodBetweenTheirMarks() {
        String page = "before\n<!-- figures: matrix -->\nold\n<!-- end of figures -->\nafter\n";
        String filled = FIGURES.in(page);
        assertTrue(
                filled.startsWith("before\n<!-- figures: matrix -->\n\n| Greenlets against | virtual threads |"),
                filled);
        assertTrue(filled.contains("| Echo, 1,000 connections | 1.20 (1.10-1.50) |\n"), filled);
        assertTrue(filled.contains("No losses in throughput."), filled);
        assertTrue(filled.contains("a <fast> cpu, 2 cores, a VM, 2026-01-01."), filled);
        assertTrue(filled.endsWith("\n<!-- end of figures -->\nafter\n"), filled);
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
            assertTrue(text.contains("<!-- figures: matrix -->"), page + " has no figures");
            assertEquals(kept.in(text), text, page + " is not of " + KEPT + "; run the command publish");
        }
    }

    @Test
    void theKeptResultsAreSmall() throws IOException {
        assertTrue(Files.size(KEPT) < 200_000, KEPT + " has " + Files.size(KEPT) + " bytes");
        assertTrue(Files.readAllLines(KEPT).size() < 2_000);
    }
}
