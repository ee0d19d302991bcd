package dev.weft.sight.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.observe.GreenletSnapshot;
import dev.weft.observe.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every command, against a program under load that was started without any option for it. */
@Timeout(120)
final class CommandsTest {
    private static @Nullable ChildJvm program;

    @BeforeAll
    static void start() throws Exception {
        program = ChildJvm.start(TargetProgram.class, "busy").await("ready");
    }

    @AfterAll
    static void stop() throws Exception {
        Objects.requireNonNull(program).close();
    }

    private static String pid() {
        return Objects.requireNonNull(program).pid();
    }

    private static long idOf(String name) {
        Snapshot snapshot = Form.read(Snapshot.class, Run.output("ps", "--json", "--filter", "name:" + name, pid()));
        return snapshot.greenlets().get(0).id();
    }

    @Test
    void psListsLoopsAndGreenlets() {
        String out = Run.output("ps", pid());
        assertTrue(out.startsWith("group weft of process " + pid() + ": "), out);
        assertTrue(out.contains("weft-1"), out);
        assertTrue(out.contains("TargetProgram.busy(TargetProgram.java:"), out);
        assertEquals(
                50,
                out.lines().filter(line -> line.matches(" *\\d+  partner .*")).count(),
                out);
    }

    @Test
    void psCountsBySiteAboveTheLimit() {
        String out = Run.output("ps", "--limit", "5", pid());
        assertTrue(out.contains("COUNT"), out);
        assertTrue(out.lines().count() < 30, out);
    }

    @Test
    void psWithoutTargetListsThePrograms() {
        String out = Run.output("ps");
        assertTrue(out.lines().anyMatch(line -> line.strip().startsWith(pid() + " ")), out);
    }

    @Test
    void jsonIsTheFormOfTheModel() {
        Snapshot snapshot = Form.read(
                Snapshot.class,
                Run.output("ps", "--json", "--filter", "name:victim", pid()).strip());
        assertEquals(1, snapshot.matched());
        assertEquals("victim", snapshot.greenlets().get(0).name());
        assertEquals("sleep", snapshot.greenlets().get(0).awaits().kind());
        assertEquals(2, snapshot.loops().size());
    }

    @Test
    void treeShowsChildrenBelowTheirScope() {
        List<String> lines = Run.output("tree", pid()).lines().toList();
        int parent = indexOf(lines, "parent (");
        assertTrue(lines.get(parent + 1).startsWith("  "), lines.toString());
    }

    private static int indexOf(List<String> lines, String start) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(start)) {
                return i;
            }
        }
        throw new AssertionError(start + " in " + lines);
    }

    @Test
    void topShowsHowBusyTheLoopsAre() {
        String out = Run.output("top", "--every", "300ms", "--count", "2", pid());
        assertEquals(2, out.lines().filter(line -> line.startsWith("LOOP")).count(), out);
        assertTrue(out.contains("SWITCHES/s"), out);
    }

    @Test
    void waitsListsWhatIsWaitedFor() {
        Run run = Run.of("waits", pid());
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("channel"), run.out());
    }

    @Test
    void waitsShowsTheGraphAroundAGreenlet() {
        String out = Run.output("waits", "--around", Long.toString(idOf("parent")), pid());
        assertTrue(out.contains("child-1"), out);
    }

    @Test
    void dumpPrintsStacks() {
        String out = Run.output("dump", "--filter", "victim", pid());
        assertTrue(out.contains("\"victim\" waiting"), out);
        assertTrue(out.contains("    at "), out);
        assertTrue(
                !Run.output("dump", "--filter", "victim", "--no-stacks", pid()).contains("    at "));
    }

    @Test
    void dumpReadsAllPages() {
        long greenlets = Run.output("dump", "--no-stacks", "--json", pid())
                .lines()
                .mapToLong(page -> Form.readList(GreenletSnapshot.class, page).size())
                .sum();
        assertEquals(
                Form.read(Snapshot.class, Run.output("ps", "--json", pid())).alive(), greenlets);
    }

    @Test
    void doctorChecksTheProgram() {
        JsonNode doctor = Form.tree(Run.of("doctor", "--json", pid()).out());
        assertTrue(doctor.path("findings").size() > 5, doctor.toString());
        assertTrue(doctor.path("lints").isArray(), doctor.toString());
    }

    @Test
    void leaksFindsNoneWhereThereAreNone() {
        Run run = Run.of("leaks", pid());
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("no leaked greenlets"), run.out());
    }

    @Test
    void killEndsAGreenlet() throws Exception {
        try (ChildJvm other = ChildJvm.start(TargetProgram.class, "busy").await("ready")) {
            String victim = Run.output("ps", "--json", "--filter", "name:victim", other.pid());
            String id = Long.toString(
                    Form.read(Snapshot.class, victim).greenlets().get(0).id());
            Run.output("kill", other.pid(), id);
            while (Form.read(Snapshot.class, Run.output("ps", "--json", "--filter", "name:victim", other.pid()))
                            .matched()
                    > 0) {
                Thread.onSpinWait();
            }
            Run again = Run.of("kill", other.pid(), id);
            assertEquals(1, again.status());
            assertTrue(again.err().contains("there is no greenlet " + id), again.err());
        }
    }

    @Test
    void recordWritesARecording(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("slices");
        Run.output("record", pid(), "1s", "--out", file.toString());
        assertTrue(Files.size(directory.resolve("slices.jfr")) > 0);
        JsonNode timeline = Form.tree(Files.readString(directory.resolve("slices.json")));
        assertTrue(timeline.findValuesAsText("name").stream().anyMatch(name -> name.contains("weft-0")));
    }
}
