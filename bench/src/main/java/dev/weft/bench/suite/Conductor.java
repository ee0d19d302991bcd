package dev.weft.bench.suite;

import dev.weft.bench.load.Load;
import dev.weft.bench.machine.Pinning;
import dev.weft.bench.rival.Contender;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Goes through a plan: makes the runs that are not there yet, and says how far it is and how long the rest will take. */
public final class Conductor {
    private final Plan plan;
    private final RunStore store;
    private final Load.Engine engine;
    private final Pinning pinning;
    private final PrintStream progress;
    private final Map<Contender, TestBed> beds = new EnumMap<>(Contender.class);
    private int number;

    /** Makes the runs of {@code plan} that {@code store} does not have. */
    public Conductor(Plan plan, RunStore store, Load.Engine engine, Pinning pinning, PrintStream progress) {
        this.plan = plan;
        this.store = store;
        this.engine = engine;
        this.pinning = pinning;
        this.progress = progress;
    }

    /** Makes all runs. One that fails ends it; the runs before are in the store. */
    public void conduct() {
        List<Plan.Step> all = plan.steps();
        List<Plan.Step> toDo =
                all.stream().filter(step -> store.of(step).isEmpty()).toList();
        number = all.size() - toDo.size();
        if (number > 0) {
            progress.printf("%d of %d runs are there already%n", number, all.size());
        }
        Remaining remaining = new Remaining(plan, toDo);
        try {
            conduct(toDo, remaining, all.size());
        } finally {
            closeBeds();
        }
    }

    private void conduct(List<Plan.Step> toDo, Remaining remaining, int all) {
        for (Scenario scenario : plan.scenarios()) {
            for (int round = 1; round <= plan.rounds(); round++) {
                int now = round;
                List<Plan.Step> steps = toDo.stream()
                        .filter(step -> step.scenario().equals(scenario) && step.round() == now)
                        .toList();
                conductRound(steps, all, remaining);
                if (plan.isLastOfServer(round)) {
                    closeBeds();
                }
            }
        }
    }
    /** A round of a scenario. */
    private void conductRound(List<Plan.Step> steps, int all, Remaining remaining) {
        for (Plan.Step step : steps) {
            if (!beds.containsKey(step.contender())) {
                begin(
                        all,
                        remaining,
                        step.scenario().id() + ", " + step.contender().label());
                beds.put(
                        step.contender(),
                        TestBed.open(plan, step.scenario(), step.contender(), engine, pinning, progress));
                remaining.prepared();
                progress.println();
            }
        }
        for (Plan.Step step : steps) {
            begin(
                    all,
                    remaining,
                    step.scenario().id() + ", round " + step.round() + ", "
                            + step.contender().label());
            Run run = bed(step).measure(step.round());
            store.add(step, run);
            number++;
            remaining.measured(step.scenario());
            progress.println(outcome(run));
        }
    }

    private void closeBeds() {
        beds.values().forEach(TestBed::close);
        beds.clear();
    }

    private TestBed bed(Plan.Step step) {
        TestBed bed = beds.get(step.contender());
        if (bed == null) {
            throw new IllegalStateException("no test bed for " + step);
        }
        return bed;
    }

    private void begin(int all, Remaining remaining, String title) {
        progress.printf("[%d/%d%s] %s: ", Math.min(all, number + 1), all, remaining.text(), title);
        progress.flush();
    }

    private static String outcome(Run run) {
        String figures = String.format(
                Locale.ROOT,
                "%,.0f requests/s, p99 %.2f ms",
                run.load().requestsPerSecond(),
                run.load().latency().p99Millis());
        return figures
                + (run.load().isLimitedByLoad() ? " (the load generator was the bottleneck)" : "")
                + (run.load().isDisturbed() ? " (disturbed by other programs)" : "");
    }
}
