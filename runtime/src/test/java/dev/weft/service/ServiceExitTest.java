package dev.weft.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ChildJvm;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The exit status of a process that is a service. */
@Timeout(120)
class ServiceExitTest {
    @Test
    void anOrderlyEndIsZero() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Orderly.class, ChildJvm.FLAG);
        assertEquals(0, result.exitCode(), result.output());
        assertEquals("stopped", result.output().strip());
    }

    static final class Orderly {
        public static void main(String[] arguments) {
            System.exit(Service.run(LoopGroup.open(2), service -> {
                service.onStop("server", grace -> System.out.println("stopped"));
                Weft.spawn(() -> Kill.self(Signal.TERM));
            }));
        }
    }

    @Test
    void oneThatKillsIsOneAndTellsWhom() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Killing.class, ChildJvm.FLAG);
        assertEquals(1, result.exitCode(), result.output());
        assertTrue(result.output().contains("greenlet \"stubborn\""), result.output());
    }

    static final class Killing {
        public static void main(String[] arguments) {
            System.exit(Service.builder().grace(Duration.ofMillis(50)).run(LoopGroup.open(), service -> {
                Weft.spawn("stubborn", () -> Weft.sleep(Duration.ofHours(1)));
                service.onStop("server", grace -> Weft.sleep(grace.plusMillis(1)));
                Weft.spawn(() -> Kill.self(Signal.TERM));
            }));
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Impatient.class, ChildJvm.FLAG);
        assertEquals(Signal.TERM.exitStatus(), result.exitCode(), result.output());
        assertEquals("stopping", result.output().strip());
    }

    static final class Impatient {
        public static void main(String[] arguments) {
            System.exit(Service.run(LoopGroup.open(), service -> {
                service.onStop("server", grace -> {
                    System.out.println("stopping");
                    Kill.self(Signal.TERM);
                    Weft.sleep(Duration.ofHours(1));
                });
                Weft.spawn(() -> Kill.self(Signal.TERM));
            }));
        }
    }

    /** A process that was started in the background may ignore SIGINT, and so would its children. */
    @Test
    void anInterruptFromTheTerminalStopsItToo() throws Exception {
        Process process = new ProcessBuilder(
                        "env",
                        "--default-signal=INT",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        ChildJvm.FLAG,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Interrupted.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
    }

    static final class Interrupted {
        public static void main(String[] arguments) {
            System.exit(Service.run(LoopGroup.open(), service -> Kill.self(Signal.INT)));
        }
    }

    @Test
    void aFailedStartUpIsAFailureOfMain() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Unstartable.class, ChildJvm.FLAG);
        assertEquals(1, result.exitCode(), result.output());
        assertTrue(result.output().contains("IllegalStateException: no configuration"), result.output());
    }

    static final class Unstartable {
        public static void main(String[] arguments) {
            System.exit(Service.run(LoopGroup.open(), service -> {
                throw new IllegalStateException("no configuration");
            }));
        }
    }
}
