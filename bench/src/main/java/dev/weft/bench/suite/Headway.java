package dev.weft.bench.suite;

import java.time.Duration;
import java.util.List;

/**
 * How far a plan is, and how long the rest will take, judged by how long what is done took against what it was planned to.
 */
final class Headway {
    private static final double START_SECONDS = 1.5;
    private static final double LEAD_SECONDS = 1;

    private final Plan plan;
    private final int runs;
    private final double plannedSeconds;
    private final long begin = System.nanoTime();
    private int made;
    private double doneSeconds;

    /** At the begin of making {@code toDo}, the rest of {@code plan}. */
    Headway(Plan plan, List<Plan.Step> toDo) {
        this.plan = plan;
        runs = plan.steps().size();
        made = runs - toDo.size();
        long servers = toDo.stream()
                .map(step -> step.scenario().id() + "/" + step.contender() + "/" + Plan.generation(step.round()))
                .distinct()
                .count();
        plannedSeconds = servers * preparation()
                + toDo.stream().mapToDouble(step -> window(step.scenario())).sum();
    }

    private double preparation() {
        return START_SECONDS + plan.warmUpSeconds();
    }

    private double window(Scenario scenario) {
        double lead = scenario.shape().isOpenLoop() ? 2 * LEAD_SECONDS + plan.windowSeconds() : LEAD_SECONDS;
        return lead + plan.windowSeconds(scenario);
    }

    /** A server is warm. */
    void prepared() {
        doneSeconds += preparation();
    }

    /** A run was made. */
    void measured(Scenario scenario) {
        made++;
        doneSeconds += window(scenario);
    }

    /** For a line of progress: which run is next, and how long all will take, as soon as that can be told. */
    @Override
    public String toString() {
        return "[" + Math.min(runs, made + 1) + "/" + runs + left() + "]";
    }

    private String left() {
        if (doneSeconds == 0) {
            return "";
        }
        double seconds = (System.nanoTime() - begin) / 1e9 / doneSeconds * (plannedSeconds - doneSeconds);
        Duration left = Duration.ofSeconds(Math.round(seconds));
        return left.toMinutes() > 0 ? ", " + left.toMinutes() + " min left" : ", " + left.toSeconds() + " s left";
    }
}
