package dev.weft.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChildTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void closingItKillsIt() {
        Child child = Child.of("echo", List.of("cat"));
        child.tell("a line");
        assertEquals("a line", child.nextLine(PATIENCE));
        assertTrue(child.isAlive());
        child.close();
        assertFalse(child.isAlive());
    }

    @Test
    void oneThatSaysNothingIsGivenUp() {
        try (Child child = Child.of("echo", List.of("cat"))) {
            BenchFailure failure = assertThrows(BenchFailure.class, () -> child.nextLine(Duration.ZERO));
            assertTrue(failure.toString().contains("the echo printed nothing"), failure::toString);
        }
    }

    @Test
    void oneThatEndsIsExplainedWithItsOwnWords() {
        try (Child child = Child.java("server", List.of("-XX:NoSuchFlag"))) {
            BenchFailure failure = assertThrows(BenchFailure.class, () -> child.nextLine(PATIENCE));
            assertTrue(failure.toString().contains("the server exited with status 1"), failure::toString);
            assertTrue(failure.toString().contains("NoSuchFlag"), failure::toString);
        }
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        BenchFailure failure = assertThrows(BenchFailure.class, () -> Child.of("server", List.of("/no/such/program")));
        assertTrue(failure.toString().contains("/no/such/program"), failure::toString);
    }
}
