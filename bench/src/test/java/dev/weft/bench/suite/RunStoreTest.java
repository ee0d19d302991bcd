package dev.weft.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.rival.Contender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {
    private static final Scenario ECHO = Scenarios.echo(10);
    private static final Plan PLAN =
            new Plan(List.of(ECHO), List.of(Contender.GREENLETS, Contender.VIRTUAL), 2, 1, 1, List.of());
    private static final Plan.Step FIRST = PLAN.steps().get(0);
    private static final Plan.Step SECOND = PLAN.steps().get(1);

    @TempDir
    private Path directory;

    private RunStore open(String terms) throws IOException {
        return new RunStore(directory.resolve("new/some.runs"), PLAN, terms);
    }

    private static Run run(Plan.Step step, double requestsPerSecond) {
        return Runs.of(step.scenario(), step.contender(), step.round(), requestsPerSecond);
    }

    @Test
    void whatWasMeasuredIsThereWhenTheProgramStartsAgain() throws IOException {
        open("# terms").add(FIRST, run(FIRST, 1000));
        RunStore again = open("# terms");
        assertEquals(Optional.of(run(FIRST, 1000)), again.of(FIRST));
        assertEquals(Optional.empty(), again.of(SECOND));
        again.add(SECOND, run(SECOND, 2000));
        assertEquals(
                List.of(run(FIRST, 1000), run(SECOND, 2000)), open("# terms").runs());
    }

    @Test
    void aLineThatWasCutOffIsMeasuredAgain() throws IOException {
        open("# terms").add(FIRST, run(FIRST, 1000));
        Path file = directory.resolve("new/some.runs");
        String whole = Files.readString(file);
        Files.writeString(file, whole.substring(0, whole.length() - 20));
        RunStore again = open("# terms");
        assertEquals(Optional.empty(), again.of(FIRST));
        again.add(FIRST, run(FIRST, 3000));
        assertEquals(List.of(run(FIRST, 3000)), open("# terms").runs());
    }

    @Test
    void runsOfOtherTermsAreNotMixed() throws IOException {
        open("# window 1 s");
        BenchFailure failure = assertThrows(BenchFailure.class, () -> open("# window 2 s"));
        assertTrue(failure.toString().contains("# window 1 s"), failure.toString());
        assertTrue(failure.toString().contains("# window 2 s"), failure.toString());
        assertTrue(failure.toString().contains("--out"), failure.toString());
    }

    @Test
    void runsThatThePlanDoesNotAskForAreLeftAlone() throws IOException {
        open("# terms").add(FIRST, run(FIRST, 1000));
        Plan other = new Plan(List.of(Scenarios.echo(11)), PLAN.contenders(), 2, 1, 1, List.of());
        assertEquals(List.of(), new RunStore(directory.resolve("new/some.runs"), other, "# terms").runs());
        assertEquals(1, open("# terms").runs().size());
    }
}
