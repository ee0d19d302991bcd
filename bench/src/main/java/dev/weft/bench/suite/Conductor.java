package dev.weft.bench.suite;

import dev.weft.bench.machine.BenchFailure;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Goes through a plan: makes the runs that are not there yet, and says how far it is and how long the rest will take. */
public final class Conductor {
    private final Plan plan;
    private final RunStore store;
    private final Trial trial;
    private final PrintStream progress;

    /** Lets {@code trial} make the runs of {@code plan} that {@code store} does not have. */
    public Conductor(Plan plan, RunStore store, Trial trial, PrintStream progress) {
        this.plan = plan;
        this.store = store;
        this.trial = trial;
        this.progress = progress;
    }

    /** Makes all runs. One that fails ends it; the runs before are in the store. */
    public void conduct() {
        List<Plan.Step> steps = plan.steps();
        long toDo = steps.stream().filter(step -> store.of(step).isEmpty()).count();
        if (toDo < steps.size()) {
            progress.printf("%d of %d runs are there already%n", steps.size() - toDo, steps.size());
        }
        long begin = System.nanoTime();
        int done = 0;
        for (int i = 0; i < steps.size(); i++) {
            Plan.Step step = steps.get(i);
            if (store.of(step).isEmpty()) {
                progress.printf("[%d/%d%s] %s: ", i + 1, steps.size(), remaining(begin, done, toDo), title(step));
                progress.flush();
                Run run = trial.run(step, rate(step));
                store.add(step, run);
                done++;
                progress.println(outcome(run));
            }
        }
    }

    private static String title(Plan.Step step) {
        return step.scenario().id() + ", round " + step.round() + ", "
                + step.contender().label();
    }

    private static String remaining(long begin, int done, long toDo) {
        if (done == 0) {
            return "";
        }
        Duration left = Duration.ofNanos((System.nanoTime() - begin) / done * (toDo - done));
        return left.toMinutes() > 0 ? ", " + left.toMinutes() + " min left" : ", " + left.toSeconds() + " s left";
    }

    /** What the shape asks for, by the maximum that the contender has just had in the same round. */
    private double rate(Plan.Step step) {
        Shape shape = step.scenario().shape();
        if (!shape.isOpenLoop()) {
            return 0;
        }
        return store.runs().stream()
                        .filter(run -> run.scenario().equals(step.scenario().base())
                                && run.contender() == step.contender()
                                && run.round() == step.round())
                        .mapToDouble(run -> run.load().requestsPerSecond())
                        .findFirst()
                        .orElseThrow(() ->
                                new BenchFailure("scenario " + step.scenario().id() + " wants the maximum of "
                                        + step.contender().label() + ": measure "
                                        + step.scenario().base() + " too"))
                * shape.shareOfMaximum();
    }

    private static String outcome(Run run) {
        String figures = String.format(
                Locale.ROOT,
                ": %,.0f requests/s, p99 %.2f ms",
                run.load().requestsPerSecond(),
                run.load().latency().p99Millis());
        return figures
                + (run.load().isLimitedByLoad() ? " (the load generator was the bottleneck)" : "")
                + (run.load().isDisturbed() ? " (disturbed by other programs)" : "");
    }
}
