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
 * @param warmUpSeconds before each window; half of it over connections that are closed again
 * @param windowSeconds what is measured
 * @param countsSystemCalls whether system calls are counted too, which slows a server down: in the first round, when the
 *     window is over
 * @param serverFlags flags of the JVM, for all servers in Java
 */
public record Plan(
        List<Scenario> scenarios,
        List<Contender> contenders,
        int rounds,
        double warmUpSeconds,
        double windowSeconds,
        boolean countsSystemCalls,
        List<String> serverFlags) {
    /** One run; the round is from 1. */
    public record Step(Scenario scenario, Contender contender, int round) {}

    /**
     * All runs in their order: A B C, then B C A, so that what drifts within minutes meets all contenders of a scenario
     * alike. A round goes through all scenarios before the next begins, so one that is broken off has something of each.
     */
    public List<Step> steps() {
        List<Step> steps = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Scenario scenario : scenarios) {
                addRound(scenario, round, steps);
            }
        }
        return steps;
    }

    private void addRound(Scenario scenario, int round, List<Step> steps) {
        List<Contender> order = new ArrayList<>(contenders.stream()
                .filter(contender -> contender.program().services().contains(scenario.service()))
                .toList());
        Collections.rotate(order, 1 - round);
        order.forEach(contender -> steps.add(new Step(scenario, contender, round)));
    }
}
