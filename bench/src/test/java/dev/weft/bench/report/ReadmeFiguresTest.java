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
        ReadmeFigures kept = new ReadmeFigures(Results.read(KEPT));
        for (Path page : new Path[] {Path.of("..", "README.md"), Path.of("README.md")}) {
            String text = Files.readString(page);
            assertTrue(text.contains("<!-- figures: "), page + " has no figures");
            assertEquals(kept.in(text), text, page + " is not of " + KEPT + "; run the command publish");
        }
    }
}
