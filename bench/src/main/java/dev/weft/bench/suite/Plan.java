package dev.weft.bench.suite;

import dev.weft.bench.rival.Contender;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What is to be measured, for how long, and in which order.
 *
 * @param contenders the first is compared with the others
 * @param rounds how often each contender is measured in each scenario
 * @param warmUpSeconds of each server before its first window; half of it over connections that are closed again
 * @param windowSeconds what is measured in each round; four times as long in an open loop
 * @param serverFlags flags of the JVM, for all servers in Java
 */
public record Plan(
        List<Scenario> scenarios,
        List<Contender> contenders,
        int rounds,
        double warmUpSeconds,
        double windowSeconds,
        List<String> serverFlags) {
    /**
     * A server lives for this many windows. Then another is started, since one can be lucky or not: in what the compiler inlines, in
     * where the heap lies.
     */
    public static final int ROUNDS_OF_A_SERVER = 3;

    private static final int OPEN_WINDOWS = 4;

    /** One run; the round is from 1. */
    public record Step(Scenario scenario, Contender contender, int round) {}

    /**
     * All runs in their order: of a scenario A B C, then B C A, so that what drifts within seconds meets all contenders alike;
     * then the next scenario. All servers of a scenario are there, warm, while it is measured.
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

    /** How long a window of {@code scenario} is: of an open loop longer, for stalls, which make its p99, are rare. */
    double windowSeconds(Scenario scenario) {
        return scenario.isOpenLoop() ? windowSeconds * OPEN_WINDOWS : windowSeconds;
    }

    /** Which of the servers of a contender is measured in {@code round}. */
    static int generation(int round) {
        return (round - 1) / ROUNDS_OF_A_SERVER;
    }

    /** Whether {@code round} is a server's last one. */
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
