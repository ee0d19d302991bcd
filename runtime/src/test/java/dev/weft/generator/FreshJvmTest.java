package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ChildJvm;
import dev.weft.MissingFlag;
import dev.weft.Weft;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What depends on how the JVM was started. */
@Timeout(60)
class FreshJvmTest {
    private static final String CHECK = "-Ddev.weft.generator.checkMonitors=true";
    private static final String OPENED = "--add-opens=java.base/jdk.internal.vm=ALL-UNNAMED";

    @Test
    void withoutTheFlagGreenletsWorkAndTheFirstGeneratorSaysInThreeLinesWhatToDo() throws Exception {
        ChildJvm.Result result = ChildJvm.run(MakesAGenerator.class, ChildJvm.FLAG);
        List<String> lines = result.lines();
        assertEquals(8, lines.size(), result.output());
        assertEquals("a greenlet ran", lines.get(0));
        for (int first : new int[] {1, 4}) {
            assertTrue(
                    lines.get(first).contains("--add-exports java.base/jdk.internal.vm=ALL-UNNAMED"), result.output());
            assertTrue(lines.get(first + 1).contains("Add-Exports: java.base/jdk.internal.vm"), result.output());
            assertTrue(lines.get(first + 2).contains("Surefire"), result.output());
        }
        assertEquals("a greenlet ran", lines.get(7));
    }

    @Test
    void generatorsNeedTheirOwnFlagOnly() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Emits.class, ChildJvm.GENERATOR_FLAG);
        assertEquals("[1, 2]", result.output().strip());
    }

    static final class Emits {
        public static void main(String[] args) {
            Generator<Integer> generator = Generator.of(out -> out.emitAll(List.of(1, 2)));
            System.out.println(generator.stream().toList());
        }
    }

    static final class MakesAGenerator {
        public static void main(String[] args) {
            greenlet();
            print(() -> Generator.of(out -> out.emit(1)));
            print(SymmetricCoroutine::main);
            greenlet();
        }

        private static void greenlet() {
            Weft.run(
                    () -> Weft.spawn(() -> System.out.println("a greenlet ran")).join());
        }

        private static void print(Runnable action) {
            try {
                action.run();
            } catch (MissingFlag e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void anEmitUnderAMonitorIsFoundOnAPlatformThread() throws Exception {
        assertFound(ChildJvm.run(EmitsUnderAMonitor.class, CHECK, OPENED));
    }

    @Test
    void anEmitUnderAMonitorIsFoundInAGreenlet() throws Exception {
        assertFound(ChildJvm.run(EmitsUnderAMonitorInAGreenlet.class, CHECK, OPENED, ChildJvm.FLAG));
    }

    private static void assertFound(ChildJvm.Result result) {
        List<String> lines = result.lines();
        assertEquals(5, lines.size(), result.output());
        assertEquals("1 before", lines.get(0));
        assertEquals("the caller's monitor is its own affair", lines.get(1));
        for (int line : new int[] {2, 3}) {
            assertTrue(lines.get(line).contains("the monitor of a " + TheMonitor.class.getName()), result.output());
            assertTrue(lines.get(line).contains("EmitsUnderAMonitor.locked(FreshJvmTest.java:"), result.output());
        }
        assertEquals("2 after", lines.get(4));
    }

    static final class TheMonitor {}

    /** Once the monitor is thin, and once it is not. */
    static final class EmitsUnderAMonitor {
        private static final TheMonitor MONITOR = new TheMonitor();

        public static void main(String[] args) throws Exception {
            Generator<Integer> generator = Generator.of(out -> {
                out.emit(1);
                out.emit(1);
                locked(out);
                synchronized (MONITOR) {
                    MONITOR.wait(1);
                }
                locked(out);
                out.emit(2);
            });
            System.out.println(generator.next() + " before");
            synchronized (MONITOR) {
                generator.next();
            }
            System.out.println("the caller's monitor is its own affair");
            System.out.println(generator.next() + " after");
        }

        private static void locked(Emitter<Integer> out) {
            synchronized (MONITOR) {
                try {
                    out.emit(3);
                } catch (IllegalStateException e) {
                    System.out.println(e.getMessage());
                }
            }
        }
    }

    static final class EmitsUnderAMonitorInAGreenlet {
        public static void main(String[] args) throws Exception {
            Weft.run(() -> EmitsUnderAMonitor.main(args));
        }
    }

    @Test
    void theCheckForMonitorsSaysWhatItNeeds() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Emits.class, CHECK, ChildJvm.GENERATOR_FLAG);
        assertTrue(result.output().contains("--add-opens java.base/jdk.internal.vm=ALL-UNNAMED"), result.output());
        assertTrue(result.output().contains("Add-Opens: java.base/jdk.internal.vm"), result.output());
    }

    @Test
    void anEmitBelowTooManyFramesFailsAndTheBodyMayEmitElsewhere() throws Exception {
        ChildJvm.Result result =
                ChildJvm.run(EmitsTooDeep.class, ChildJvm.GENERATOR_FLAG, "-XX:+UseG1GC", "-XX:G1HeapRegionSize=1m");
        assertEquals("[StackOverflowError, then on]", result.output().strip());
    }

    @Test
    void theSerialCollectorSetsAnyStackAside() throws Exception {
        ChildJvm.Result result = ChildJvm.run(EmitsTooDeep.class, ChildJvm.GENERATOR_FLAG, "-XX:+UseSerialGC");
        assertEquals("[deep, then on]", result.output().strip());
    }

    /** G1 sets aside what is smaller than half a region. */
    static final class EmitsTooDeep {
        public static void main(String[] args) throws Exception {
            Thread thread = new Thread(null, EmitsTooDeep::emit, "deep", 256 << 20);
            thread.start();
            thread.join();
        }

        private static void emit() {
            Generator<String> generator = Generator.of(out -> {
                try {
                    dive(100_000, out);
                } catch (StackOverflowError e) {
                    out.emit("StackOverflowError");
                }
                out.emit("then on");
            });
            System.out.println(generator.stream().toList());
        }

        private static void dive(int depth, Emitter<String> out) {
            if (depth == 0) {
                out.emit("deep");
            } else {
                dive(depth - 1, out);
            }
        }
    }
}
