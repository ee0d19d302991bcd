package dev.weft.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Run;
import dev.weft.bench.suite.Runs;
import dev.weft.bench.suite.Scenario;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class PageTest {
    private static final Pattern LOADS =
            Pattern.compile("(src|href)\\s*=\\s*[\"']?https?:|@import|url\\(|<link|<script", Pattern.CASE_INSENSITIVE);
    private static final Pattern PICTURE = Pattern.compile("<svg.*?</svg>", Pattern.DOTALL);

    private static String page() throws IOException {
        return Page.of(Samples.of(150_000, 110_000, 120_000));
    }

    @Test
    void pageLoadsAndRunsNothing() throws IOException {
        assertFalse(LOADS.matcher(page()).find());
    }

    @Test
    void pageBeginsWithTheMatrixAndHasTheFiguresAndTheSetting() throws IOException {
        String page = page();
        int matrix = page.indexOf("class=\"matrix\"");
        assertTrue(matrix > 0 && matrix < page.indexOf("<h2"), "no matrix at the top");
        assertTrue(page.contains("1.20<small>1.10-1.50</small>"), "no ratio");
        assertTrue(page.contains("No losses in throughput."), "not told where greenlets lose");
        assertTrue(page.contains("110,000-150,000"), "no range in the table");
        assertTrue(page.contains("Weft 0.1"), "no versions");
        assertTrue(page.contains("apt-get install threads"), "not told who is missing");
    }

    @Test
    void everyScenarioHasAnAnchorThatTheMatrixLinksTo() throws IOException {
        assertTrue(page().contains("href=\"#echo-64-1000\""));
        assertTrue(page().contains("<section id=\"echo-64-1000\">"));
    }

    @Test
    void everyContenderHasAColour() throws IOException {
        String style = page().substring(0, page().indexOf("</style>"));
        for (Contender contender : Contender.values()) {
            assertTrue(
                    style.contains("." + contender + " ") || style.contains("." + contender + ","), contender.name());
        }
    }

    @Test
    void doubtIsStatedOnceAndVisibly() throws IOException {
        Run disturbed = Runs.of(Samples.ECHO, Contender.GREENLETS, 1, 100_000, 1, 0.5, 0.5);
        String page = Page.of(Samples.of(List.of(Samples.ECHO), List.of(disturbed)));
        assertEquals(2, page.split("In 1 of 1 runs", -1).length);
        assertTrue(page.indexOf("<aside>") < page.indexOf("In 1 of 1 runs"));
        assertFalse(page().contains("<aside>"));
    }

    @Test
    void whatTheMachineSaysIsEscaped() throws IOException {
        assertTrue(page().contains("a &lt;fast&gt; cpu"));
        assertTrue(page().contains("Some &lt;comparison&gt;"));
    }

    @Test
    void pageFollowsTheColourSchemeOfItsReader() throws IOException {
        assertTrue(page().contains("@media (prefers-color-scheme: dark)"));
    }

    @Test
    void everyPictureIsWellFormedAndSaysInWordsWhatItShows() throws Exception {
        Matcher picture = PICTURE.matcher(page());
        int pictures = 0;
        while (picture.find()) {
            DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(picture.group())));
            assertTrue(picture.group().contains("aria-label="));
            pictures++;
        }
        assertEquals(3, pictures);
    }

    @Test
    void theBarOfTheHighestRoundFillsTheWidth() throws IOException {
        assertTrue(page().contains("M247.7 12.0H292.0"), "no line from 110,000 to 150,000");
    }

    @Test
    void atAFixedRateLatencyIsDrawn() throws IOException {
        Scenario open = Samples.ECHO.atShareOfMaximum(0.8);
        List<Run> runs =
                List.of(Runs.of(open, Contender.GREENLETS, 1, 1_000), Runs.of(open, Contender.VIRTUAL, 1, 1_000));
        String page = Page.of(Samples.of(List.of(open), runs));
        assertTrue(page.contains("aria-label=\"p99 ms: greenlets 20.00; virtual threads 20.00\""));
    }
}
