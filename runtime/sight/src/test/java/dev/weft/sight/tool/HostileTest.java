package dev.weft.sight.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.observe.GreenletSnapshot;
import dev.weft.observe.LoopSnapshot;
import dev.weft.observe.Snapshot;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs in a bad state, and very large ones. */
@Timeout(120)
final class HostileTest {
    @Test
    void hangingLoopsAreSeen() throws Exception {
        try (ChildJvm program = ChildJvm.start(TargetProgram.class, "hanging").await("ready")) {
            Snapshot snapshot = Form.read(Snapshot.class, Run.output("ps", "--json", program.pid()));
            for (LoopSnapshot loop : snapshot.loops()) {
                assertTrue(loop.runningName().startsWith("hog-"), loop.toString());
            }
            String dump = Run.output("dump", program.pid());
            assertTrue(dump.contains("TargetProgram.lambda$hanging"), dump);
        }
    }

    @Test
    void aHundredThousandGreenletsAreCounted() throws Exception {
        try (ChildJvm program =
                ChildJvm.start(TargetProgram.class, "many", "100000").await("ready")) {
            Snapshot snapshot = Form.read(Snapshot.class, Run.output("ps", "--json", program.pid()));
            assertEquals(100_000, snapshot.alive());
            assertEquals(0, snapshot.greenlets().size());
            assertEquals(
                    100_000,
                    snapshot.sites().stream().mapToInt(site -> site.count()).sum());
        }
    }

    @Test
    @Tag("long")
    void aMillionGreenletsAreReadPageByPage() throws Exception {
        try (ChildJvm program =
                ChildJvm.start(TargetProgram.class, "many", "1000000").await("ready")) {
            long greenlets = Run.output("dump", "--no-stacks", "--json", program.pid())
                    .lines()
                    .mapToLong(
                            page -> Form.readList(GreenletSnapshot.class, page).size())
                    .sum();
            assertEquals(1_000_000, greenlets);
        }
    }
}
