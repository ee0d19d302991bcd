package dev.weft.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.rival.Contender;
import dev.weft.bench.suite.Run;
import dev.weft.bench.suite.Runs;
import dev.weft.bench.suite.Scenario;
import dev.weft.bench.suite.Scenarios;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
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
    void pageHasTheVerdictTheFiguresTheRatiosAndTheSetting() throws IOException {
        String page = page();
        assertTrue(page.contains("Greenlets win against virtual threads"), "no verdict");
        assertTrue(page.contains("110,000-150,000"), "no range in the table");
        assertTrue(page.contains("1.20 (1.10-1.50)"), "no ratios");
        assertTrue(page.contains("Weft 0.1"), "no versions");
        assertTrue(page.contains("apt-get install threads"), "not told who is missing");
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
        assertTrue(page().contains("M330.4 11.0H396.0"), "no line from 110,000 to 150,000");
    }

    @Test
    void growthIsShownWhereThereAreSeveralCounts() throws IOException {
        List<Scenario> scenarios = List.of(Scenarios.echo(1), Scenarios.echo(1_000));
        List<Run> runs = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            runs.add(Runs.of(scenario, Contender.GREENLETS, 1, 1_000));
            runs.add(Runs.of(scenario, Contender.VIRTUAL, 1, 1_000));
        }
        String page = Page.of(Samples.of(scenarios, runs));
        assertTrue(page.contains("Growth with connections"));
        assertTrue(page.contains("class=\"step\">1,000<"));
        assertFalse(page().contains("Growth with connections"));
    }

    @Test
    void atAFixedRateTheLatencyByPercentileIsDrawn() throws IOException {
        Scenario open = Samples.ECHO.atShareOfMaximum(0.8);
        List<Run> runs =
                List.of(Runs.of(open, Contender.GREENLETS, 1, 1_000), Runs.of(open, Contender.VIRTUAL, 1, 1_000));
        String page = Page.of(Samples.of(List.of(open), runs));
        assertTrue(page.contains("latency ms, by percentile"));
        assertTrue(page.contains("class=\"step\">99.9%<"));
    }
}
