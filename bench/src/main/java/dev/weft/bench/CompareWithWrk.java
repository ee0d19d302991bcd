package dev.weft.bench;

import dev.weft.bench.load.Shape;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Pinning;
import dev.weft.bench.report.Spread;
import dev.weft.bench.rival.Contender;
import dev.weft.bench.rival.Service;
import dev.weft.bench.suite.Plan;
import dev.weft.bench.suite.Scenario;
import dev.weft.bench.suite.Wrk;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Checks that the load generator measures what a well-known one does. */
@Command(
        name = "wrk",
        mixinStandardHelpOptions = true,
        description =
                "Compare the load generator with wrk, which must be installed: both drive one HTTP server, in turn.")
final class CompareWithWrk implements Callable<Integer> {
    private static final double TOLERANCE = 0.05;

    @Option(names = "--connections", defaultValue = "100", description = "Number of connections (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--rounds", defaultValue = "6", description = "Windows of each (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--warm-up", defaultValue = "8", description = "Warm-up in seconds (${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(names = "--window", defaultValue = "5", description = "Window length in whole seconds (${DEFAULT-VALUE}).")
    private int windowSeconds;

    @Option(
            names = "--on",
            defaultValue = "jdk_server",
            description = "The server: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private Contender contender = Contender.JDK_SERVER;

    @Override
    public Integer call() {
        if (rounds < 1 || connections < 1 || windowSeconds < 1) {
            throw new BenchFailure("--rounds, --connections and --window must be at least 1");
        }
        if (!contender.program().services().contains(Service.HTTP)) {
            throw new BenchFailure(contender.label() + " does not serve HTTP; choose another --on");
        }
        Pinning pinning = Pinning.detect();
        System.out.println(pinning.description());
        Scenario scenario = Scenario.closed(Service.HTTP, Shape.busy(connections, 64), 1);
        Plan plan = new Plan(List.of(scenario), List.of(contender), rounds, warmUpSeconds, windowSeconds, List.of());
        Spread ratios = new Wrk(plan, System.out).ratios(pinning);
        boolean agrees = Math.abs(ratios.median() - 1) <= TOLERANCE;
        System.out.println("load generator / wrk: " + ratios.text("%.3f") + " over " + rounds + " rounds: "
                + (agrees ? "they agree within 5 %" : "they differ by more than 5 %"));
        return agrees ? 0 : 1;
    }
}
