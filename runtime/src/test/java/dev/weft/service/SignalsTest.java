package dev.weft.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ChildJvm;
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

@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
@SuppressWarnings("try") // closed early, and not spoken of
class SignalsTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void aSignalIsReceivedAndDoesNotEndTheJvm() {
        Weft.run(() -> {
            try (Signals signals = Signals.open(Signal.HUP)) {
                Weft.offload(() -> Kill.self(Signal.HUP));
                assertEquals(Signal.HUP, signals.receive(LONG));
            }
        });
    }

    @Test
    void everyListenerGetsEverySignalItAskedFor() {
        Weft.run(() -> {
            try (Signals all = Signals.open();
                    Signals hangUps = Signals.open(Signal.HUP);
                    Signals interrupts = Signals.open(Signal.INT)) {
                Weft.offload(() -> Kill.self(Signal.HUP));
                assertEquals(Signal.HUP, all.receive(LONG));
                assertEquals(Signal.HUP, hangUps.receive(LONG));
                hangUps.close();
                Weft.offload(() -> Kill.self(Signal.INT));
                assertEquals(Signal.INT, all.receive(LONG));
                assertEquals(Signal.INT, interrupts.receive(LONG));
                assertThrows(EndOfChannel.class, hangUps::receive);
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
            Signals signals = Signals.open(Signal.HUP);
            assertFalse(signals.isIgnored(Signal.HUP));
            Weft.offload(() -> Kill.self(Signal.HUP));
            for (Signal signal : signals) {
                assertEquals(Signal.HUP, signal);
                signals.close();
            }
            signals.close();
        });
    }

    @Test
    void aSignalThatComesAfterTheLoopHasClosedIsHarmless() {
        try (LoopGroup kept = LoopGroup.open()) {
            LoopGroup gone = LoopGroup.open();
            Signals late = Signals.on(gone.next(), Signal.HUP);
            gone.close();
            Loop home = kept.next();
            try (late;
                    Signals other = Signals.on(home, Signal.HUP)) {
                Kill.self(Signal.HUP);
                assertEquals(Signal.HUP, other.receive(LONG)); // a thread blocks
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
