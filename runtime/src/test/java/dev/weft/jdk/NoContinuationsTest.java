package dev.weft.jdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ChildJvm;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** On a JVM without continuations nothing can be run, and that is said where a group is opened. */
@Timeout(60)
class NoContinuationsTest {
    private static final String[] FLAGS = {ChildJvm.FLAG, "-XX:+UnlockExperimentalVMOptions", "-XX:-VMContinuations"};

    @Test
    void openingAGroupSaysInThreeLinesWhatIsMissingAndWhatToDo() throws Exception {
        ChildJvm.Result result = ChildJvm.run(OpensAGroup.class, FLAGS);
        List<String> lines = result.lines();
        assertEquals(4, lines.size(), result.output());
        assertTrue(lines.get(0).contains("needs the JVM's continuations, but this JVM has none"), result.output());
        assertTrue(lines.get(1).contains("-XX:-VMContinuations"), result.output());
        assertTrue(lines.get(2).contains("64-bit x86 or ARM"), result.output());
    }

    @Test
    void noThreadIsLeftThatKeepsTheJvmAlive() throws Exception {
        ChildJvm.Result result = ChildJvm.run(OpensAGroup.class, FLAGS);
        assertEquals("left: [main]", result.lines().getLast(), result.output());
        assertEquals(0, result.exitCode(), result.output());
    }

    @Test
    void runSaysTheSame() throws Exception {
        ChildJvm.Result result = ChildJvm.run(RunsATask.class, FLAGS);
        assertTrue(result.output().contains("UnsupportedOperationException: Weft needs the JVM's continuations"));
        assertEquals(1, result.exitCode(), result.output());
    }

    @Test
    void withoutTheFlagTheFlagIsAskedForFirst() throws Exception {
        ChildJvm.Result result =
                ChildJvm.run(RunsATask.class, "-XX:+UnlockExperimentalVMOptions", "-XX:-VMContinuations");
        assertTrue(result.output().startsWith("Exception in thread \"main\" dev.weft.MissingFlag: "), result.output());
    }

    static final class OpensAGroup {
        public static void main(String[] args) {
            try {
                LoopGroup.open(2).spawn(() -> {}); // nobody closes it
            } catch (UnsupportedOperationException e) {
                System.out.println(e.getMessage());
            }
            System.out.println("left: "
                    + Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> !thread.isDaemon())
                            .map(Thread::getName)
                            .sorted()
                            .toList());
        }
    }

    static final class RunsATask {
        public static void main(String[] args) throws Exception {
            Weft.run(() -> {});
        }
    }
}
