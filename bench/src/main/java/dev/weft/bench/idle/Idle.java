package dev.weft.bench.idle;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.ResultFile;
import dev.weft.bench.report.Spread;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures two loops that sleep: the latency of a question from one to the other and its answer, in rounds that alternate with
 * the same through two {@code eventfd}s, and the CPU time they take after a burst of work.
 */
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        description =
                "Measure how fast sleeping loops wake each other, against bare system calls, and what they consume.")
public final class Idle implements Callable<Integer> {
    /** The default number of rounds. */
    public static final int ROUNDS = 10;
    /** The default number of questions per round. */
    public static final int ASKS = 500;

    private static final Duration WINDOW = Duration.ofSeconds(1);

    @Option(names = "--rounds", defaultValue = "" + ROUNDS, description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds = ROUNDS;

    @Option(names = "--asks", defaultValue = "" + ASKS, description = "Questions per round (${DEFAULT-VALUE}).")
    private int asks = ASKS;

    @Option(names = "--out", defaultValue = "target/idle.json", description = "Output file (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/idle.json");

    /**
     * The results.
     *
     * @param loopMicros a question and its answer between two loops: the spread of the rounds' medians
     * @param eventFdMicros the same between two threads that only make the system calls
     * @param ratio the first by the second, per round
     * @param idleCpuPercent the CPU time of two loops, from 10 ms after a burst on, in percent of a core
     */
    public record Figures(Spread loopMicros, Spread eventFdMicros, Spread ratio, Spread idleCpuPercent) {
        String text() {
            return "ask and answer between two sleeping loops: " + loopMicros.text("%.1f") + " us\n"
                    + "two eventfd wake-ups: " + eventFdMicros.text("%.1f") + " us; ratio " + ratio.text("%.2f") + "\n"
                    + "CPU of two loops from 10 ms after a burst on: " + idleCpuPercent.text("%.2f") + " % of a core";
        }
    }

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || asks < 1) {
            throw new BenchFailure("--rounds and --asks must be at least 1: " + rounds + " and " + asks);
        }
        Figures figures = measure(rounds, asks);
        System.out.println(figures.text());
        ResultFile.write(out, "idle", List.of(), List.of(figures));
        return 0;
    }

    /** Measures in this JVM, with {@code asks} questions per round. */
    public static Figures measure(int rounds, int asks) throws Exception {
        double[] loops = new double[rounds];
        double[] eventFds = new double[rounds];
        try (Asker loop = new LoopAsker();
                Asker eventFd = new EventFdAsker()) {
            loop.ask(asks); // until the code is compiled
            eventFd.ask(asks);
            for (int round = 0; round < rounds; round++) {
                loops[round] = loop.medianNanos(asks) / 1e3;
                eventFds[round] = eventFd.medianNanos(asks) / 1e3;
            }
        }
        return new Figures(Spread.of(loops), Spread.of(eventFds), ratios(loops, eventFds), idle(rounds));
    }

    private static Spread ratios(double[] own, double[] bare) {
        double[] ratios = new double[own.length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = own[i] / bare[i];
        }
        return Spread.of(ratios);
    }

    private static Spread idle(int rounds) throws InterruptedException {
        double[] percent = new double[rounds];
        try (Burst burst = new Burst()) {
            for (int round = 0; round < rounds; round++) {
                percent[round] = 100 * burst.idleShare(WINDOW);
            }
        }
        return Spread.of(percent);
    }
}
