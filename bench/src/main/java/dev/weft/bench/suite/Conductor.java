package dev.weft.bench.suite;

import dev.weft.bench.machine.Pinning;
import dev.weft.bench.rival.Contender;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** Executes a plan: makes the runs that are not in the store yet, and reports progress. */
public final class Conductor {
    private final Plan plan;
    private final RunStore store;
    private final Pinning pinning;
    private final PrintStream progress;
    private final Map<Contender, TestBed> beds = new EnumMap<>(Contender.class);

    public Conductor(Plan plan, RunStore store, Pinning pinning, PrintStream progress) {
        this.plan = plan;
        this.store = store;
        this.pinning = pinning;
        this.progress = progress;
    }

    /** Makes all runs. The first failure aborts; the completed runs stay in the store. */
    public void conduct() {
        List<Plan.Step> all = plan.steps();
        List<Plan.Step> toDo =
                all.stream().filter(step -> store.of(step).isEmpty()).toList();
        if (toDo.size() < all.size()) {
            progress.printf("%d of %d runs are already done%n", all.size() - toDo.size(), all.size());
        }
        try {
            for (Scenario scenario : plan.scenarios()) {
                for (int round = 1; round <= plan.rounds(); round++) {
                    conduct(ofRound(toDo, scenario, round));
                    if (plan.isLastOfServer(round)) {
                        closeBeds();
                    }
                }
            }
        } finally {
            closeBeds();
        }
    }

    private static List<Plan.Step> ofRound(List<Plan.Step> steps, Scenario scenario, int round) {
        return steps.stream()
                .filter(step -> step.scenario().equals(scenario) && step.round() == round)
                .toList();
    }

    private void conduct(List<Plan.Step> round) {
        for (Plan.Step step : round) {
            if (!beds.containsKey(step.contender())) {
                say(step.scenario().id() + ", " + step.contender().label() + ": ");
                beds.put(step.contender(), TestBed.open(plan, step.scenario(), step.contender(), pinning, progress));
                progress.println();
            }
        }
        for (Plan.Step step : round) {
            say("[" + (store.runs().size() + 1) + "/" + plan.steps().size() + "] "
                    + step.scenario().id() + ", round " + step.round() + ", "
                    + step.contender().label() + ": ");
            Run run = Objects.requireNonNull(beds.get(step.contender())).measure(step.round());
            store.add(step, run);
            progress.println(outcome(run));
        }
    }

    private void say(String text) {
        progress.print(text);
        progress.flush();
    }

    private void closeBeds() {
        beds.values().forEach(TestBed::close);
        beds.clear();
    }

    private static String outcome(Run run) {
        String figures = String.format(
                Locale.ROOT,
                "%,.0f requests/s, p99 %.2f ms",
                run.load().requestsPerSecond(),
                run.load().p99Millis());
        return figures
                + (run.load().isLimitedByLoad() ? " (the load generator was the bottleneck)" : "")
                + (run.load().isDisturbed() ? " (disturbed by other programs or the machine's host)" : "");
    }
}
