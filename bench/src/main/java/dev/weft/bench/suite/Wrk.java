package dev.weft.bench.suite;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Pinning;
import dev.weft.bench.machine.Tool;
import dev.weft.bench.report.Spread;
import dev.weft.bench.rival.Contender;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A check of the load generator against {@code wrk}: both drive the same warm HTTP server in windows that alternate, each with a
 * single thread on the same core and with one request in flight per connection.
 */
public final class Wrk {
    private static final String COMMAND = "wrk";
    private static final Pattern REQUESTS_PER_SECOND = Pattern.compile("Requests/sec: +([0-9.]+)");
    private static final Pattern FAILURES = Pattern.compile("(Socket errors: .*|Non-2xx or 3xx responses: .*)");

    private final Scenario scenario;
    private final Plan plan;
    private final PrintStream progress;

    /** @param plan has one scenario, of an HTTP service, and one contender */
    public Wrk(Plan plan, PrintStream progress) {
        this.plan = plan;
        this.progress = progress;
        scenario = plan.scenarios().getFirst();
    }

    /**
     * Measures all rounds. Returns the load generator's requests per second by those of {@code wrk}, per round.
     *
     * @throws BenchFailure if {@code wrk} is not installed, or a request fails
     */
    public Spread ratios(Pinning pinning) {
        requireInstalled();
        Contender contender = plan.contenders().getFirst();
        double[] ratios = new double[plan.rounds()];
        try (TestBed bed = TestBed.open(plan, scenario, contender, pinning, progress)) {
            progress.println();
            for (int round = 1; round <= ratios.length; round++) {
                double theirs = requestsPerSecond(bed.port(), pinning);
                double own = bed.measure(round).load().requestsPerSecond();
                ratios[round - 1] = own / theirs;
                progress.printf(
                        Locale.ROOT,
                        "[%d/%d] load generator %,.0f requests/s, wrk %,.0f requests/s%n",
                        round,
                        ratios.length,
                        own,
                        theirs);
            }
        }
        return Spread.of(ratios);
    }

    private static void requireInstalled() {
        if (Tool.firstLine(List.of("which", COMMAND)).isEmpty()) {
            throw new BenchFailure("wrk is not installed: apt-get install -y --no-install-recommends wrk");
        }
    }

    private double requestsPerSecond(int port, Pinning pinning) {
        List<String> command = new ArrayList<>(pinning.prefix(Pinning.LOAD));
        command.addAll(List.of(
                COMMAND,
                "--threads=1",
                "--connections=" + scenario.shape().connections(),
                "--duration=" + Math.max(1, Math.round(plan.windowSeconds())) + "s", // wrk takes whole seconds
                "http://127.0.0.1:" + port + "/"));
        try {
            return parse(Tool.run(command));
        } catch (IOException e) {
            throw new BenchFailure("cannot run wrk: " + e.getMessage(), e);
        }
    }

    /** Parses the report of {@code wrk}. */
    static double parse(String report) {
        Matcher failures = FAILURES.matcher(report);
        if (failures.find()) {
            throw new BenchFailure("wrk reports failed requests: " + failures.group(1));
        }
        Matcher figure = REQUESTS_PER_SECOND.matcher(report);
        if (!figure.find()) {
            throw new BenchFailure("wrk printed no requests per second: " + report);
        }
        return Double.parseDouble(figure.group(1));
    }
}
