package dev.weft.bench.look;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Child;
import dev.weft.bench.machine.ResultFile;
import dev.weft.bench.report.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures {@code weft ps} of a program with very many greenlets: its duration, the start of its JVM included, and the longest delay
 * of a greenlet meanwhile, which is compared with that in as long a time without a look.
 */
@Command(
        name = "look",
        mixinStandardHelpOptions = true,
        description =
                "Measure how long it takes to look into a program with very many greenlets, and whether they notice.")
public final class Look implements Callable<Integer> {
    /** The default number of rounds. */
    public static final int ROUNDS = 5;
    /** The default number of greenlets. */
    public static final int GREENLETS = 100_000;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int WARM_UPS = 2;

    @Option(names = "--rounds", defaultValue = "" + ROUNDS, description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds = ROUNDS;

    @Option(names = "--greenlets", defaultValue = "" + GREENLETS, description = "Greenlets (${DEFAULT-VALUE}).")
    private int greenlets = GREENLETS;

    @Option(names = "--out", defaultValue = "target/look.json", description = "Output file (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/look.json");

    /**
     * The results.
     *
     * @param seconds how long the command takes
     * @param delayMillis the longest delay of a greenlet while it runs
     * @param undisturbedMillis the longest delay in as long a time without it
     */
    public record Figures(Spread seconds, Spread delayMillis, Spread undisturbedMillis) {
        String text() {
            return "weft ps: " + seconds.text("%.2f") + " s\n" + "longest delay of a greenlet: "
                    + delayMillis.text("%.1f") + " ms; without it " + undisturbedMillis.text("%.1f") + " ms";
        }
    }

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || greenlets < 1) {
            throw new BenchFailure("--rounds and --greenlets must be at least 1: " + rounds + " and " + greenlets);
        }
        Figures figures = measure(rounds, greenlets);
        System.out.println(figures.text());
        ResultFile.write(out, "look", List.of(), List.of(figures));
        return 0;
    }

    /** Measures a program with {@code greenlets} greenlets. */
    public static Figures measure(int rounds, int greenlets) throws IOException, InterruptedException {
        double[] seconds = new double[rounds];
        double[] delays = new double[rounds];
        double[] undisturbed = new double[rounds];
        List<String> arguments = new ArrayList<>(Child.WEFT_FLAGS);
        arguments.addAll(List.of(Crowd.class.getName(), Integer.toString(greenlets)));
        try (Child crowd = Child.java("crowd", arguments)) {
            crowd.nextLine(PATIENCE);
            for (int round = -WARM_UPS; round < rounds; round++) {
                longestDelayMillis(crowd);
                double taken = look(crowd.pid());
                double delay = longestDelayMillis(crowd);
                TimeUnit.NANOSECONDS.sleep((long) (taken * 1e9));
                double without = longestDelayMillis(crowd);
                if (round >= 0) {
                    seconds[round] = taken;
                    delays[round] = delay;
                    undisturbed[round] = without;
                }
            }
        }
        return new Figures(Spread.of(seconds), Spread.of(delays), Spread.of(undisturbed));
    }

    /** Asks for the longest delay since the last question. */
    private static double longestDelayMillis(Child crowd) {
        crowd.tell("");
        return Long.parseLong(crowd.nextLine(PATIENCE)) / 1e6;
    }

    /** Runs the tool; returns how long that has taken, in seconds. */
    private static double look(long pid) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(Child.java());
        command.addAll(List.of("dev.weft.sight.tool.Sight", "ps", Long.toString(pid)));
        long start = System.nanoTime();
        Process tool = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (tool.waitFor() != 0) {
            throw new BenchFailure("weft ps " + pid + " failed with status " + tool.exitValue());
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
