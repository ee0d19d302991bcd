package dev.weft.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.rival.Contender;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final Scenario ECHO = Scenarios.echo(10);
    private static final Scenario HALF = ECHO.atShareOfMaximum(0.5);
    private static final List<Contender> THREE = List.of(Contender.GREENLETS, Contender.VIRTUAL, Contender.THREADS);

    private static Plan plan(List<Scenario> scenarios, List<Contender> contenders) {
        return new Plan(scenarios, contenders, 3, 1, 1, List.of());
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
    void aScenarioHasAllItsRoundsBeforeTheNext() {
        List<Plan.Step> steps = plan(List.of(ECHO, HALF), THREE).steps();
        assertEquals(18, steps.size());
        assertTrue(steps.subList(0, 9).stream().allMatch(step -> step.scenario().equals(ECHO)));
        assertEquals(HALF, steps.get(9).scenario());
        assertEquals(2, steps.get(3).round());
    }

    @Test
    void aServerLivesForThreeRounds() {
        Plan plan = new Plan(List.of(ECHO), THREE, 5, 1, 1, List.of());
        assertEquals(
                List.of(0, 0, 0, 1, 1),
                IntStream.rangeClosed(1, 5).mapToObj(Plan::generation).toList());
        assertEquals(
                List.of(3, 5),
                IntStream.rangeClosed(1, 5).filter(plan::isLastOfServer).boxed().toList());
    }

    @Test
    void theWindowOfAnOpenLoopIsLonger() {
        Plan plan = plan(List.of(ECHO, HALF), THREE);
        assertEquals(1, plan.windowSeconds(ECHO));
        assertEquals(4, plan.windowSeconds(HALF));
    }

    @Test
    void tlsIsMeasuredOnThoseThatServeIt() {
        List<Contender> all = List.of(Contender.GREENLETS, Contender.BARE, Contender.VIRTUAL);
        assertEquals(
                List.of(Contender.GREENLETS, Contender.VIRTUAL),
                order(plan(List.of(Scenarios.named("tls-64-1000")), all), 1));
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
