package dev.weft.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.rival.Contender;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Scenario ECHO = Scenarios.echo(10);
    private static final Scenario HALF = ECHO.atShareOfMaximum(0.5);
    private static final List<Contender> THREE = List.of(Contender.GREENLETS, Contender.VIRTUAL, Contender.THREADS);

    private static Plan plan(List<Scenario> scenarios, List<Contender> contenders) {
        return new Plan(scenarios, contenders, 3, 1, 1, false, List.of());
    }

    private static List<Contender> order(Plan plan, int round) {
        return plan.steps().stream()
                .filter(step -> step.round() == round)
                .map(Plan.Step::contender)
                .toList();
    }

    @Test
    void theOrderRotatesFromRoundToRound() {
        Plan plan = plan(List.of(ECHO), THREE);
        assertEquals(THREE, order(plan, 1));
        assertEquals(List.of(Contender.VIRTUAL, Contender.THREADS, Contender.GREENLETS), order(plan, 2));
        assertEquals(List.of(Contender.THREADS, Contender.GREENLETS, Contender.VIRTUAL), order(plan, 3));
    }

    @Test
    void aRoundGoesThroughAllScenariosBeforeTheNext() {
        List<Plan.Step> steps = plan(List.of(ECHO, HALF), THREE).steps();
        assertEquals(18, steps.size());
        assertTrue(steps.subList(0, 6).stream().allMatch(step -> step.round() == 1));
        assertEquals(ECHO, steps.get(0).scenario());
        assertEquals(HALF, steps.get(3).scenario());
    }

    @Test
    void aContenderIsNotAskedForWhatItCannotDo() {
        Scenario http = Scenarios.all().stream()
                .filter(scenario -> scenario.id().equals("http-64"))
                .findFirst()
                .orElseThrow();
        List<Contender> two = List.of(Contender.GREENLETS, Contender.SOCKETS);
        assertEquals(List.of(Contender.GREENLETS), order(plan(List.of(http), two), 1));
        assertEquals(two, order(plan(List.of(ECHO), two), 1));
    }
}
