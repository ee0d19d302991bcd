package dev.weft.io.process;

import static dev.weft.io.process.ChildProcessTest.awaitWaiting;
import static dev.weft.io.process.ChildProcessTest.shell;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.Lines;
import dev.weft.io.NothingLeft;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Pipe;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pipes of a child: in the selector, and by threads. */
@EnabledOnOs(OS.LINUX)
@ExtendWith({NoGreenletLeaks.class, NothingLeft.class})
@Timeout(60)
class ChildPipesTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenComesBack(ProcessLauncher.Piping piping) throws IOException {
        byte[] bytes = new byte[1_000_000]; // far more than a pipe holds
        new Random(1).nextBytes(bytes);
        Weft.run(() -> {
            try (ChildProcess cat = ChildProcess.start(new ProcessBuilder("cat"), piping)) {
                Greenlet<?> writer = Weft.spawn(() -> {
                    try (PipeOutput in = cat.stdin()) {
                        in.write(bytes);
                    }
                });
                assertArrayEquals(bytes, cat.stdout().readAllBytes());
                assertEquals(-1, cat.stdout().read());
                assertEquals(-1, cat.stderr().read());
                assertEquals(0, cat.waitFor());
                writer.join();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aConversationGoesToAndFro(ProcessLauncher.Piping piping) throws IOException {
        Weft.run(() -> {
            try (ChildProcess cat = ChildProcess.start(new ProcessBuilder("cat"), piping)) {
                Iterator<String> answers = cat.stdout().lines().iterator();
                for (int i = 0; i < 100; i++) {
                    cat.stdin().write(("question " + i + "\n").getBytes(UTF_8));
                    assertEquals("question " + i, answers.next());
                }
                cat.stdin().close();
                assertFalse(answers.hasNext());
                assertEquals(0, cat.waitFor());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aKilledReaderHasTakenNothing(ProcessLauncher.Piping piping) throws IOException {
        Weft.run(() -> {
            try (ChildProcess cat = ChildProcess.start(new ProcessBuilder("cat"), piping)) {
                Lines lines = cat.stdout().lines();
                cat.stdin().write("half a ".getBytes(UTF_8));
                Greenlet<Optional<String>> reader = Weft.spawn(lines::read);
                awaitWaiting(reader, "stdout of cat");
                reader.kill();
                assertThrows(Cancelled.class, reader::join);
                cat.stdin().write("line\n".getBytes(UTF_8));
                assertEquals(Optional.of("half a line"), lines.read());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void closingAPipeTellsTheReader(ProcessLauncher.Piping piping) throws IOException {
        Weft.run(() -> {
            try (ChildProcess cat = ChildProcess.start(new ProcessBuilder("cat"), piping)) {
                Greenlet<Integer> reader = Weft.spawn(() -> cat.stdout().read());
                awaitWaiting(reader, "stdout of cat");
                Greenlet<Integer> second = Weft.spawn(() -> cat.stdout().read());
                assertThrows(Busy.class, second::join);
                cat.stdout().close();
                assertThrows(AsynchronousCloseException.class, () -> reader.join(IOException.class));
                assertThrows(IOException.class, () -> cat.stdout().read());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aSelectHearsOfOutputAndOfTheEnd(ProcessLauncher.Piping piping) throws IOException {
        Weft.run(() -> {
            try (ChildProcess child = ChildProcess.start(shell("read line; echo $line; read line"), piping)) {
                Awaitable<?> readable = child.stdout().readable();
                assertEquals(
                        "neither",
                        Weft.select(
                                Select.on(readable, ready -> "output"),
                                Select.on(child.exit(), status -> "end"),
                                Select.after(Duration.ofMillis(1), () -> "neither")));
                child.stdin().write("hello\n".getBytes(UTF_8));
                assertEquals(
                        "output",
                        Weft.select(
                                Select.on(child.stdout().readable(), ready -> "output"),
                                Select.on(child.exit(), status -> "end")));
                assertEquals(Optional.of("hello"), child.stdout().lines().read());
                child.stdin().close();
                assertEquals(1, Weft.<Integer>await(child.exit(), LONG)); // read has failed
            }
        });
    }

    @Test
    void aChildThatNobodyReadsStopsAndFillsNothing() throws IOException {
        Weft.run(() -> {
            try (ChildProcess yes = ChildProcess.start("yes")) {
                assertEquals('y', yes.stdout().read());
                long before = cpuNanos(yes);
                while (cpuNanos(yes) != before) { // until it stands still, as the pipe is full
                    before = cpuNanos(yes);
                    Weft.sleep(Duration.ofMillis(100));
                }
                assertTrue(yes.isAlive());
                assertEquals(1_000_000, yes.stdout().readNBytes(1_000_000).length);
            }
        });
    }

    private static long cpuNanos(ChildProcess process) {
        return process.handle().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
    }

    @Test
    void pipesAreNotMixedUpWithThoseThatOthersOpenAtTheSameTime() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread other = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                try {
                    Pipe pipe = Pipe.open();
                    pipe.sink().close();
                    pipe.source().close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            }
        });
        try {
            Weft.run(() -> {
                for (int i = 0; i < 20; i++) {
                    String text = "text " + i;
                    assertEquals(
                            text,
                            ChildProcess.run(new ProcessBuilder("cat"), text).output());
                }
            });
        } finally {
            over.set(true);
            other.join();
        }
    }

    @Test
    void writingToAChildThatHasGoneFails() throws IOException {
        Weft.run(() -> {
            try (ChildProcess child = ChildProcess.start("true")) {
                assertEquals(0, child.waitFor());
                IOException e =
                        assertThrows(IOException.class, () -> child.stdin().write(new byte[100_000]));
                assertTrue(e.toString().contains("Broken pipe"), e::toString);
            }
        });
    }

    @Test
    void noThreadIsTakenByAPipeInTheSelector() throws IOException {
        Weft.run(() -> {
            try (ChildProcess cat = ChildProcess.start("cat")) {
                Greenlet<Integer> reader = Weft.spawn(() -> cat.stdout().read());
                awaitWaiting(reader, "stdout of cat");
                assertFalse(Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(thread -> thread.getName().contains("stdout of cat")));
                cat.stdin().write('x');
                assertEquals('x', reader.join());
            }
        });
    }
}
