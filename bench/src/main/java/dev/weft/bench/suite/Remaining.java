package dev.weft.bench.suite;

import java.time.Duration;
import java.util.List;

/** How long the rest will take, judged by how long what is done took against what it was planned to. */
final class Remaining {
    private static final double START_SECONDS = 1.5;
    private static final double LEAD_SECONDS = 1;

    private final double preparation;
    private final Plan plan;
    private final long begin = System.nanoTime();
    private double planned;
    private double done;

    Remaining(Plan plan, List<Plan.Step> toDo) {
        this.plan = plan;
        preparation = START_SECONDS + plan.warmUpSeconds();
        long beds = toDo.stream()
                .map(step -> step.scenario().id() + "/" + step.contender() + "/" + Plan.generation(step.round()))
                .distinct()
                .count();
        planned = beds * preparation
                + toDo.stream().mapToDouble(step -> seconds(step.scenario())).sum();
    }

    /** A server is warm. */
    void prepared() {
        done += preparation;
    }

    /** A window was measured. */
    void measured(Scenario scenario) {
        done += seconds(scenario);
    }

    private double seconds(Scenario scenario) {
        double lead = scenario.shape().isOpenLoop() ? 2 * LEAD_SECONDS + plan.windowSeconds() : LEAD_SECONDS;
        return lead + plan.windowSeconds(scenario);
    }

    /** For a line of progress: nothing, as long as nothing is known. */
    String text() {
        if (done == 0) {
            return "";
        }
        Duration left = Duration.ofNanos((long) ((System.nanoTime() - begin) / done * (planned - done)));
        return left.toMinutes() > 0 ? ", " + left.toMinutes() + " min left" : ", " + left.toSeconds() + " s left";
    }
}
