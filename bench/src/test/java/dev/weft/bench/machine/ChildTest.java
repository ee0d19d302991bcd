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
            assertTrue(failure.toString().contains("the echo said nothing"), failure::toString);
        }
    }

    @Test
    void oneThatEndsIsExplainedWithItsOwnWords() {
        try (Child child = Child.java("server", List.of(), List.of("-XX:NoSuchFlag"))) {
            assertTrue(child.isJava());
            BenchFailure failure = assertThrows(BenchFailure.class, () -> child.nextLine(PATIENCE));
            assertTrue(failure.toString().contains("the server ended with status 1"), failure::toString);
            assertTrue(failure.toString().contains("NoSuchFlag"), failure::toString);
        }
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        BenchFailure failure = assertThrows(BenchFailure.class, () -> Child.of("server", List.of("/no/such/program")));
        assertTrue(failure.toString().contains("/no/such/program"), failure::toString);
    }

    @Test
    void itIsWaitedForUntilItClosesNoMoreDescriptors() {
        String closesOneAfterTheOther = "for n in 3 4 5 6 7 8; do eval \"exec $n</dev/null\"; done; echo open;"
                + " for n in 3 4 5 6 7 8; do eval \"exec $n<&-\"; sleep 0.2; done; echo closed; read end";
        try (Child child = Child.of("closer", List.of("sh", "-c", closesOneAfterTheOther))) {
            assertEquals("open", child.nextLine(PATIENCE));
            child.awaitDescriptorsClosed(PATIENCE);
            assertEquals("closed", child.nextLine(Duration.ZERO));
        }
    }
}
