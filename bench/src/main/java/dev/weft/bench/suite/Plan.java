package dev.weft.bench.suite;

import dev.weft.bench.rival.Contender;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What to measure, for how long, and in which order.
 *
 * @param contenders the contenders; the first is compared with the others
 * @param rounds how often each contender is measured in each scenario
 * @param warmUpSeconds the warm-up of each server before its first window, half of it on connections that are then closed
 * @param windowSeconds the measured time per round; four times as long in an open loop
 * @param serverFlags JVM flags for all Java servers
 */
public record Plan(
        List<Scenario> scenarios,
        List<Contender> contenders,
        int rounds,
        double warmUpSeconds,
        double windowSeconds,
        List<String> serverFlags) {
    /**
     * The number of windows after which a server is restarted. A single process can be lucky or unlucky with what the compiler
     * inlines and where the heap lies.
     */
    public static final int ROUNDS_OF_A_SERVER = 3;

    private static final int OPEN_LOOP_FACTOR = 4;

    /** One run; rounds count from 1. */
    public record Step(Scenario scenario, Contender contender, int round) {}

    /**
     * Returns all runs in order. The rounds of a scenario are A B C, then B C A, so that drift within seconds affects all
     * contenders alike. All servers of a scenario stay up and warm while it is measured.
     */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (Scenario scenario : scenarios) {
            for (int round = 1; round <= rounds; round++) {
                addRound(scenario, round, steps);
            }
        }
        return steps;
    }

    /** Returns the window length. It is longer for an open loop, because the stalls that determine its p99 are rare. */
    double windowSeconds(Scenario scenario) {
        return scenario.isOpenLoop() ? windowSeconds * OPEN_LOOP_FACTOR : windowSeconds;
    }

    /** Returns which of a contender's successive servers is measured in {@code round}. */
    static int generation(int round) {
        return (round - 1) / ROUNDS_OF_A_SERVER;
    }

    /** Returns whether {@code round} is the last one of its server. */
    boolean isLastOfServer(int round) {
        return round == rounds || generation(round + 1) > generation(round);
    }

    private void addRound(Scenario scenario, int round, List<Step> steps) {
        List<Contender> order = new ArrayList<>(contenders.stream()
                .filter(contender -> contender.program().services().contains(scenario.service()))
                .toList());
        Collections.rotate(order, 1 - round);
        order.forEach(contender -> steps.add(new Step(scenario, contender, round)));
    }
}
