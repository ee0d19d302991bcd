package dev.weft.sight.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong when one looks at other programs, and what the tool says then: the value, and the cure. */
@Timeout(120)
final class FailuresTest {
    private static void assertFails(String what, String... args) {
        Run run = Run.of(args);
        assertEquals(Sight.FAILED, run.status(), run.toString());
        assertTrue(run.err().contains(what), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void noSuchProcess() throws Exception {
        ChildJvm ended = ChildJvm.start(WithoutWeft.class);
        ended.close();
        assertFails("there is no process " + ended.pid(), "ps", ended.pid());
    }

    @Test
    void notAJvm() throws Exception {
        try (ChildJvm cat = ChildJvm.command(List.of("cat"))) {
            assertFails("is not a JVM", "ps", cat.pid());
        }
    }

    @Test
    void aJvmWithoutWeft() throws Exception {
        try (ChildJvm program = ChildJvm.start(WithoutWeft.class).await("ready")) {
            assertFails("does not use Weft", "ps", program.pid());
        }
    }

    @Test
    void anotherVersion() throws Exception {
        try (ChildJvm program = ChildJvm.start(OtherVersion.class).await("ready")) {
            assertFails("uses Weft 9.9.9", "ps", program.pid());
        }
    }

    @Test
    void attachingIsDisabled() throws Exception {
        try (ChildJvm program = ChildJvm.start(List.of("-XX:+DisableAttachMechanism"), WithoutWeft.class)
                .await("ready")) {
            assertFails("-XX:+DisableAttachMechanism", "ps", program.pid());
        }
    }

    @Test
    void killIsNotAllowed() throws Exception {
        try (ChildJvm program = ChildJvm.start(TargetProgram.class, "many", "1").await("ready")) {
            assertFails("killableFromOutside()", "kill", program.pid(), "1");
        }
    }

    @Test
    void killIsAllowedByAProperty() throws Exception {
        try (ChildJvm program = ChildJvm.start(List.of("-Dweft.sight.kill=true"), TargetProgram.class, "many", "1")
                .await("ready")) {
            assertFails("there is no greenlet 1", "kill", program.pid(), "1");
        }
    }

    @Test
    void theGroupIsClosedMeanwhile() throws Exception {
        try (ChildJvm program = ChildJvm.start(TargetProgram.class, "many", "1").await("ready");
                Program open = Program.open(program.pid())) {
            Group group = open.groups().get(0);
            program.send("close");
            program.await("closed");
            String failure = failureOf(group);
            assertTrue(failure.contains("group weft of process " + program.pid()), failure);
            assertTrue(failure.contains("has been closed meanwhile"), failure);
        }
    }

    /** The bean is removed on another thread than the one that closes the group. */
    private static String failureOf(Group group) {
        while (true) {
            try {
                group.ask(asked -> asked.loops());
            } catch (ToolFailure e) {
                return String.valueOf(e.getMessage());
            }
        }
    }

    @Test
    void theProgramEndsMeanwhile() throws Exception {
        ChildJvm program = ChildJvm.start(TargetProgram.class, "many", "1").await("ready");
        try (Program open = Program.open(program.pid())) {
            Group group = open.groups().get(0);
            program.close();
            String failure = failureOf(group);
            assertTrue(failure.contains("has ended"), failure);
        }
    }

    @Test
    void noSuchGroup() throws Exception {
        try (ChildJvm program = ChildJvm.start(TargetProgram.class, "many", "1").await("ready")) {
            assertFails("there is no group \"other\"; there is weft", "ps", "--group", "other", program.pid());
        }
    }

    @Test
    void aWrongCommandLine() {
        assertEquals(2, Run.of().status());
        assertEquals(2, Run.of("waits").status());
        Run run = Run.of("record", "1", "thirty");
        assertEquals(2, run.status());
        assertTrue(run.err().contains("\"thirty\" is not a duration such as 500ms, 30s or 2m"), run.err());
    }
}
