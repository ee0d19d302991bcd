package dev.weft.io.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.Lines;
import dev.weft.io.NothingLeft;
import dev.weft.io.process.ChildProcess;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** FIFOs and devices, whose calls may never come back. */
@EnabledOnOs(OS.LINUX)
@ExtendWith({NoGreenletLeaks.class, NothingLeft.class})
@Timeout(60)
class SpecialFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    @SuppressWarnings("NullAway.Init") // set below
    private Path fifo;

    @BeforeEach
    void makeFifo() throws IOException {
        fifo = directory.resolve("fifo");
        Weft.run(() -> {
            ChildProcess.run("mkfifo", fifo.toString()).orThrow();
        });
    }

    private static void awaitWaiting(Greenlet<?> greenlet, String target) {
        while (!greenlet.waitingOn().contains(target)) {
            Weft.yieldNow();
        }
    }

    @Test
    void whatGoesInAtOneEndComesOutAtTheOther() throws IOException {
        Weft.run(() -> {
            byte[] bytes = new byte[1_000_000];
            new java.util.Random(1).nextBytes(bytes);
            Greenlet<byte[]> reader = Weft.spawn(() -> {
                try (InputStream input = Files.input(fifo)) {
                    return input.readAllBytes();
                }
            });
            try (OutputStream output = Files.output(fifo, StandardOpenOption.WRITE)) {
                output.write(bytes);
            }
            assertArrayEquals(bytes, reader.join());
        });
    }

    private static long hanging() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("weft-call opening"))
                .count();
    }

    /** Those who were left behind see the other side, and let go. */
    private void letGo() throws IOException {
        Weft.offload(() -> {
            try (FileChannel both = FileChannel.open(fifo, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                while (hanging() > 0) {
                    assertTrue(both.isOpen());
                }
            }
        });
    }

    @Test
    void aFifoWithoutAWriterHoldsNobodyUpAndAKillEndsTheWait() throws IOException {
        Weft.run(() -> {
            Greenlet<?> opener = Weft.spawn(() -> Files.input(fifo).close());
            awaitWaiting(opener, "opening of special file");
            assertEquals(1, Weft.spawn(() -> 1).join()); // others go on
            opener.kill();
            assertThrows(Cancelled.class, opener::join);
            assertEquals(1, hanging());
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(Duration.ofMillis(50), () -> Files.readString(fifo)));
            letGo();
        });
    }

    @Test
    void manyThatHangHoldUpNeitherOtherFilesNorTheOtherSide() throws IOException {
        Path regular = directory.resolve("regular");
        Weft.run(() -> Weft.scope(scope -> {
            List<Greenlet<?>> readers = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                readers.add(scope.spawn(() -> Files.readString(fifo)));
                awaitWaiting(readers.get(i), "opening of special file");
            }
            Files.writeString(regular, "goes on");
            assertEquals("goes on", Files.readString(regular));
            try (OutputStream output = Files.output(fifo, StandardOpenOption.WRITE)) {
                for (Greenlet<?> reader : readers) {
                    awaitWaiting(reader, "input from");
                }
                output.flush();
            } // all of them see the end
        }));
    }

    @Test
    void whoGivesUpAndTriesAgainTooOftenIsRefused() throws IOException {
        Weft.run(() -> {
            for (int i = 0; i < Files.MAX_ABANDONED; i++) {
                Greenlet<?> opener = Weft.spawn(() -> Files.input(fifo));
                awaitWaiting(opener, "opening of special file");
                opener.kill();
                assertThrows(Cancelled.class, opener::join);
            }
            IOException e = assertThrows(IOException.class, () -> Files.input(fifo));
            assertTrue(e.toString().contains("abandoned calls are still blocked"), e::toString);
            letGo();
            Files.writeString(Path.of("/dev/null"), "works again");
        });
    }

    @Test
    void aKilledReaderLosesNothingAndClosingEndsTheThread() throws IOException {
        Weft.run(() -> {
            Greenlet<InputStream> opener = Weft.spawn(() -> Files.input(fifo));
            OutputStream output = Files.output(fifo, StandardOpenOption.WRITE);
            InputStream input = opener.join();
            Lines lines = Lines.of(input);
            output.write("half a ".getBytes(UTF_8));
            output.flush();
            Greenlet<Optional<String>> killed = Weft.spawn(lines::read);
            awaitWaiting(killed, "input from");
            killed.kill();
            assertThrows(Cancelled.class, killed::join);
            output.write("line\nnext".getBytes(UTF_8));
            output.flush();
            assertEquals(Optional.of("half a line"), lines.read());
            Greenlet<Optional<String>> interrupted = Weft.spawn(lines::read);
            awaitWaiting(interrupted, "input from");
            input.close();
            assertThrows(AsynchronousCloseException.class, () -> interrupted.join(IOException.class));
            output.close();
        });
    }

    @Test
    void aWriterWhomNobodyReadsWaitsAndCanBeKilled() throws IOException {
        Weft.run(() -> {
            Greenlet<InputStream> opener = Weft.spawn(() -> Files.input(fifo));
            OutputStream output = Files.output(fifo, StandardOpenOption.WRITE);
            InputStream input = opener.join();
            Greenlet<?> writer = Weft.spawn(() -> output.write(new byte[1_000_000]));
            awaitWaiting(writer, "write to");
            assertTrue(writer.killAndJoin(Duration.ofSeconds(10)));
            output.close();
            assertTrue(input.readAllBytes().length <= 1_000_000);
            input.close();
        });
    }

    @Test
    void devicesAreReadAndWrittenAsStreams() throws IOException {
        Weft.run(() -> {
            try (InputStream zero = Files.input(Path.of("/dev/zero"))) {
                assertArrayEquals(new byte[200_000], zero.readNBytes(200_000));
            }
            assertEquals("", Files.readString(Path.of("/dev/null")));
            Files.writeString(Path.of("/dev/null"), "nothing");
            assertTrue(Files.readString(Path.of("/proc/self/status")).contains("VmPeak"));
            try (Lines lines = Files.lines(Path.of("/proc/self/maps"))) {
                assertTrue(lines.iterator().hasNext());
            }
        });
    }
}
