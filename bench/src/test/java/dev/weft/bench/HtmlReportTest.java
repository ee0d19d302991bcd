package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HtmlReportTest {
    private static final Pattern LOADS = Pattern.compile(
            "(src|href)\\s*=\\s*[\"']?https?:|@import|url\\(\\s*[\"']?https?:|<link", Pattern.CASE_INSENSITIVE);

    @Test
    void pageLoadsNothing() throws IOException {
        assertFalse(LOADS.matcher(page()).find());
    }

    @Test
    void pageHasTheChartingCodeAndTheFigures() throws IOException {
        String page = page();
        assertTrue(page.contains("Chart.js v4.4.9"), "no Chart.js inside");
        assertTrue(page.contains("\"median\":120000.0"), "no figures for the charts");
        assertTrue(page.contains("110,000-150,000"), "no range in the table");
        assertTrue(page.contains("1.20 (1.10-1.50)"), "no ratios");
        assertTrue(page.contains("greenlets win on requests a second"), "no verdict");
        assertTrue(page.contains("--flag-of-the-server"), "no server command");
    }

    @Test
    void whatTheMachineSaysIsEscaped() throws IOException {
        assertTrue(page().contains("a &lt;fast&gt; cpu"));
    }

    @Test
    void pageFollowsTheColourSchemeOfItsReader() throws IOException {
        assertTrue(page().contains("@media (prefers-color-scheme: dark)"));
    }

    private static String page() throws IOException {
        return HtmlReport.of(Reports.of(150_000, 110_000, 120_000));
    }
}
