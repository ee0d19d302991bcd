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

    private static final Duration SLEEP = Duration.ofMillis(1); // long after any spinning has ended
    private static final int IN_ROW = 20; // times as many questions where nobody sleeps
    private static final Duration WINDOW = Duration.ofSeconds(1);

    @Option(names = "--rounds", defaultValue = "" + ROUNDS, description = "Rounds (${DEFAULT-VALUE}).")
    private int rounds = ROUNDS;

    @Option(names = "--asks", defaultValue = "" + ASKS, description = "Questions per round (${DEFAULT-VALUE}).")
    private int asks = ASKS;

    @Option(names = "--out", defaultValue = "target/idle.json", description = "Output file (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/idle.json");

    /**
     * How long a question and its answer take.
     *
     * @param loopMicros between two loops: the spread of the rounds' medians
     * @param eventFdMicros between two threads that only make the system calls
     * @param ratio the first by the second, per round
     */
    public record Latency(Spread loopMicros, Spread eventFdMicros, Spread ratio) {
        private String text() {
            return loopMicros.text("%.1f") + " us; by two eventfds " + eventFdMicros.text("%.1f") + " us; ratio "
                    + ratio.text("%.2f");
        }
    }

    /**
     * The results.
     *
     * @param afterSleep where both sides have slept for a millisecond before
     * @param inRow where one question follows the other
     * @param idleCpuPercent the CPU time of two loops, from 10 ms after a burst on, in percent of a core
     */
    public record Figures(Latency afterSleep, Latency inRow, Spread idleCpuPercent) {
        String text() {
            return "ask and answer between two loops that have slept: " + afterSleep.text() + "\n"
                    + "... one question after the other: " + inRow.text() + "\n"
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
        try (LoopAsker loop = new LoopAsker();
                Asker eventFd = new EventFdAsker()) {
            loop.warmUp();
            return new Figures(
                    compare(loop, eventFd, rounds, asks, SLEEP),
                    compare(loop, eventFd, rounds, IN_ROW * asks, Duration.ZERO),
                    idle(rounds));
        }
    }

    private static Latency compare(Asker loop, Asker eventFd, int rounds, int asks, Duration pause) throws Exception {
        double[] loops = new double[rounds];
        double[] eventFds = new double[rounds];
        for (int round = -1; round < rounds; round++) {
            double ofLoop = loop.medianMicros(asks, pause);
            double ofEventFd = eventFd.medianMicros(asks, pause);
            if (round >= 0) {
                loops[round] = ofLoop;
                eventFds[round] = ofEventFd;
            }
        }
        return new Latency(Spread.of(loops), Spread.of(eventFds), ratios(loops, eventFds));
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
