package dev.weft.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ChildJvm;
import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.EndOfChannel;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM stands for all, as the process may have been started with SIGHUP or SIGINT ignored: by {@code nohup}, in the background. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
@SuppressWarnings("try") // closed early, and not spoken of
class SignalsTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void aSignalIsReceivedAndDoesNotEndTheJvm() {
        Weft.run(() -> {
            try (Signals signals = Signals.open(Signal.TERM)) {
                Weft.offload(() -> Kill.self(Signal.TERM));
                assertEquals(Signal.TERM, signals.receive(LONG));
            }
        });
    }

    @Test
    void everyListenerGetsEverySignalItAskedForAndNoOther() {
        Weft.run(() -> {
            try (Signals all = Signals.open();
                    Signals terminations = Signals.open(Signal.TERM);
                    Signals interrupts = Signals.open(Signal.INT)) {
                Weft.offload(() -> Kill.self(Signal.TERM));
                assertEquals(Signal.TERM, all.receive(LONG));
                assertEquals(Signal.TERM, terminations.receive(LONG));
                terminations.close();
                Weft.offload(() -> Kill.self(Signal.TERM));
                assertEquals(Signal.TERM, all.receive(LONG));
                assertThrows(EndOfChannel.class, terminations::receive);
                assertThrows(DeadlineExceeded.class, () -> interrupts.receive(Duration.ZERO));
            }
        });
    }

    @Test
    void aSignalIsAClauseOfASelect() {
        Weft.run(() -> {
            try (Signals signals = Signals.open(Signal.TERM)) {
                Weft.spawn(() -> Weft.offload(() -> Kill.self(Signal.TERM)));
                String what = Weft.select(
                        Select.on(signals.receiving(), signal -> signal + " came"),
                        Select.after(LONG, () -> "nothing came"));
                assertEquals("SIGTERM came", what);
            }
        });
    }

    @Test
    void iterationEndsWhenItIsClosed() {
        Weft.run(() -> {
            Signals signals = Signals.open(Signal.TERM);
            assertFalse(signals.isIgnored(Signal.TERM));
            Weft.offload(() -> Kill.self(Signal.TERM));
            for (Signal signal : signals) {
                assertEquals(Signal.TERM, signal);
                signals.close();
            }
            signals.close();
        });
    }

    @Test
    void aSignalThatComesAfterTheLoopHasClosedIsHarmless() {
        try (LoopGroup kept = LoopGroup.open()) {
            LoopGroup gone = LoopGroup.open();
            Signals late = Signals.on(gone.next(), Signal.TERM);
            gone.close();
            Loop home = kept.next();
            try (late;
                    Signals other = Signals.on(home, Signal.TERM)) {
                Kill.self(Signal.TERM);
                assertEquals(Signal.TERM, other.receive(LONG)); // a thread blocks
            }
        }
    }

    @Test
    void theFormerHandlerIsPutBack() throws Exception {
        ChildJvm.Result result = ChildJvm.run(OpensAndCloses.class, ChildJvm.FLAG);
        assertEquals(Signal.TERM.exitStatus(), result.exitCode(), result.output());
        assertEquals(List.of("received SIGTERM", "hook"), result.lines());
    }

    static final class OpensAndCloses {
        public static void main(String[] arguments) throws InterruptedException {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
            Weft.run(() -> {
                try (Signals signals = Signals.open(Signal.TERM)) {
                    Kill.self(Signal.TERM);
                    System.out.println("received " + signals.receive());
                }
            });
            Kill.self(Signal.TERM);
            Thread.sleep(LONG); // the JVM's handler exits
        }
    }

    @Test
    void aJvmThatKeepsItsSignalsToItselfIsNamedAsTheCause() throws Exception {
        ChildJvm.Result result = ChildJvm.run(Opens.class, ChildJvm.FLAG, "-Xrs");
        assertEquals(1, result.exitCode(), result.output());
        assertTrue(result.output().contains("-Xrs; remove that option"), result.output());
    }

    @Test
    void aSignalThatTheParentHasTheProcessIgnoreIsToldOf(@TempDir Path directory) throws IOException {
        Process process = new ProcessBuilder(
                        "nohup",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        ChildJvm.FLAG,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opens.class.getName())
                .redirectErrorStream(true)
                .directory(directory.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(output.contains("ignored: true"), output);
    }

    static final class Opens {
        public static void main(String[] arguments) {
            Weft.run(() -> {
                try (Signals signals = Signals.open(Signal.HUP)) {
                    System.out.println("ignored: " + signals.isIgnored(Signal.HUP));
                }
            });
        }
    }
}
