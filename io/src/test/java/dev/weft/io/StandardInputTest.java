package dev.weft.io;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.process.ChildProcess;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class StandardInputTest {
    private final InputStream before = System.in;
    private final Typed typed = new Typed();

    /** A console on which the test types; what was typed is given in the same pieces. An empty one is the end. */
    private static final class Typed extends InputStream {
        private final LinkedBlockingQueue<byte[]> pieces = new LinkedBlockingQueue<>();
        private int reads;

        void type(String text) {
            pieces.add(text.getBytes(UTF_8));
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("read in pieces");
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            synchronized (this) {
                reads++;
            }
            try {
                byte[] piece = pieces.take();
                System.arraycopy(piece, 0, bytes, offset, piece.length);
                return piece.length == 0 ? -1 : piece.length;
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        synchronized int reads() {
            return reads;
        }
    }

    @BeforeEach
    void takeOver() {
        System.setIn(typed);
    }

    @AfterEach
    void giveBack() {
        typed.type(""); // so that the thread leaves
        System.setIn(before);
    }

    private static void awaitWaiting(Greenlet<?> greenlet) {
        while (!greenlet.waitingOn().contains("standard input")) {
            Weft.yieldNow();
        }
    }

    @Test
    void othersRunWhileSomebodyWaitsForALine() throws IOException {
        Weft.run(() -> {
            Greenlet<Optional<String>> reader = Weft.spawn(() -> StandardInput.readLine());
            awaitWaiting(reader);
            typed.type("hel");
            typed.type("lo\nworld\n");
            assertEquals(Optional.of("hello"), reader.join());
            typed.type("");
            List<String> rest = new ArrayList<>();
            StandardInput.lines().forEach(rest::add);
            assertEquals(List.of("world"), rest);
            assertEquals(Optional.empty(), StandardInput.readLine());
        });
    }

    @Test
    void aKilledReaderLosesNoInput() throws IOException {
        Weft.run(() -> {
            Greenlet<Optional<String>> killed = Weft.spawn(() -> StandardInput.readLine());
            awaitWaiting(killed);
            typed.type("first ");
            while (typed.reads() < 2) {
                Weft.yieldNow(); // it has taken the half line, and waits for the rest
            }
            killed.kill();
            assertThrows(Cancelled.class, killed::join);
            typed.type("line\nsecond\n");
            assertEquals(Optional.of("first line"), StandardInput.readLine());
            assertEquals(Optional.of("second"), StandardInput.readLine());
        });
    }

    @Test
    void nothingIsReadBeforeSomebodyAsks() throws IOException {
        Weft.run(() -> {
            typed.type("a\nb\n");
            typed.type("c\n");
            assertEquals(0, typed.reads());
            assertEquals(Optional.of("a"), StandardInput.readLine());
            assertEquals(Optional.of("b"), StandardInput.readLine());
            Weft.sleep(Duration.ofMillis(1));
            assertEquals(1, typed.reads());
        });
    }

    @Test
    void loopsAndThreadsTakeTurnsAndTwoAtATimeAreABug() throws IOException {
        try (LoopGroup group = LoopGroup.builder().loops(2).open()) {
            Greenlet<Optional<String>> one = group.loops().get(0).spawn(() -> StandardInput.readLine());
            while (typed.reads() == 0 || one.state() != Greenlet.State.WAITING) {
                Thread.onSpinWait();
            }
            Greenlet<Optional<String>> two = group.loops().get(1).spawn(() -> StandardInput.readLine());
            assertThrows(Busy.class, two::join);
            assertThrows(Busy.class, () -> StandardInput.readLine());
            typed.type("1\n2\n");
            assertEquals(Optional.of("1"), one.join());
            assertEquals(
                    Optional.of("2"),
                    group.loops().get(1).spawn(() -> StandardInput.readLine()).join());
            typed.type("3\n");
            assertEquals(Optional.of("3"), StandardInput.readLine());
        }
    }

    @Test
    void closingItClosesItForNobody() throws IOException {
        Weft.run(() -> {
            StandardInput.stream().close();
            StandardInput.lines().close();
            typed.type("still there\n");
            assertEquals(Optional.of("still there"), StandardInput.readLine());
        });
    }

    private static void nothingComesInTime() {
        Duration soon = Duration.ofMillis(20);
        DeadlineExceeded late = assertThrows(DeadlineExceeded.class, () -> StandardInput.readLine(soon));
        assertEquals(soon, late.timeout());
        assertTrue(String.valueOf(late.getMessage()).contains("standard input"), late::getMessage);
        assertThrows(DeadlineExceeded.class, () -> StandardInput.readLine(Duration.ZERO));
    }

    @Test
    void aGreenletWaitsForALineNoLongerThanItsLimit() throws IOException {
        Weft.run(() -> {
            nothingComesInTime();
            typed.type("half ");
            assertThrows(DeadlineExceeded.class, () -> StandardInput.readLine(Duration.ofMillis(20)));
            typed.type("a line\nanother\n");
            assertEquals(Optional.of("half a line"), StandardInput.readLine(Duration.ofSeconds(20)));
            assertEquals(Optional.of("another"), StandardInput.readLine(Duration.ZERO));
        });
    }

    @Test
    void soDoesAThread() throws Exception {
        nothingComesInTime();
        typed.type("half ");
        assertThrows(DeadlineExceeded.class, () -> StandardInput.readLine(Duration.ofMillis(20)));
        typed.type("a line\nanother\n");
        assertEquals(Optional.of("half a line"), StandardInput.readLine(Duration.ofSeconds(Long.MAX_VALUE)));
        assertEquals(Optional.of("another"), StandardInput.readLine(Duration.ofSeconds(-1)));
    }

    @Test
    void aLineThatComesInPiecesDoesNotStretchTheLimit() throws IOException {
        Weft.run(() -> {
            Greenlet<?> reader = Weft.spawn(() -> StandardInput.readLine(Duration.ofMillis(100)));
            awaitWaiting(reader);
            long begin = System.nanoTime();
            while (!reader.state().isDone() && System.nanoTime() - begin < 5_000_000_000L) {
                typed.type(".");
                Weft.sleep(Duration.ofMillis(5)); // the pace of one who types
            }
            assertTrue(reader.state().isDone(), "the limit was stretched");
            assertThrows(DeadlineExceeded.class, reader::join);
        });
    }

    /** A program that answers each line, and ends with its input. */
    static final class Answering {
        private Answering() {}

        public static void main(String[] args) throws IOException {
            Weft.run(() -> {
                System.out.println("up");
                for (String line : StandardInput.lines()) {
                    System.out.println("you said " + line);
                }
            });
        }
    }

    @Test
    @ExtendWith(NothingLeft.class)
    void aProgramIsTalkedToThroughItsStandardStreams() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Weft.run(() -> {
            try (ChildProcess program = ChildProcess.start(
                    java,
                    "-XX:TieredStopAtLevel=1",
                    "--add-opens",
                    "java.base/java.lang=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Answering.class.getName())) {
                Lines answers = program.stdout().lines();
                assertEquals(Optional.of("up"), answers.read());
                for (String line : List.of("one", "", "three")) {
                    program.stdin().write((line + "\n").getBytes(UTF_8));
                    assertEquals(Optional.of("you said " + line), answers.read());
                }
                program.stdin().close();
                assertEquals(Optional.empty(), answers.read());
                assertEquals(0, program.waitFor());
            }
        });
    }

    @Test
    void oneDaemonThreadReadsForAll() throws IOException {
        Weft.run(() -> {
            typed.type("x\n");
            assertTrue(StandardInput.readLine().isPresent());
            List<Thread> readers = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("weft-input standard input"))
                    .filter(thread -> !thread.getState().equals(Thread.State.TERMINATED))
                    .toList();
            assertFalse(readers.isEmpty());
            assertTrue(readers.stream().allMatch(Thread::isDaemon));
        });
    }
}
