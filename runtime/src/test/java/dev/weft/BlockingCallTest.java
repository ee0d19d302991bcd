package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.Holding;
import dev.weft.spi.LoopListener;
import dev.weft.testing.BlockingCalls;
import dev.weft.testing.BlockingCalls.BlockingCall;
import dev.weft.testing.NoGreenletLeaks;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls that block the loop's thread are seen and named: by the watch while they last, exactly by the recorder. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class BlockingCallTest {
    @TempDir
    private Path directory = Path.of(".");

    /** What is reported first. */
    private static final class FirstHog implements LoopListener {
        final CompletableFuture<String> seen = new CompletableFuture<>();

        @Override
        public void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {
            String method = Arrays.stream(where)
                    .filter(frame -> frame.getClassName().equals(BlockingCallTest.class.getName()))
                    .map(StackTraceElement::getMethodName)
                    .filter(name -> !name.startsWith("lambda"))
                    .findFirst()
                    .orElse("no method");
            seen.complete(Holding.of(where) + " by " + greenlet.name() + " in " + method);
        }
    }

    private static LoopGroup watched(LoopListener listener) {
        return LoopGroup.builder()
                .hogAfter(Duration.ofMillis(20))
                .listener(listener)
                .open();
    }

    /** A reading end that nothing comes into until somebody writes. */
    private Path pipe() throws Exception {
        Path pipe = directory.resolve("pipe");
        Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
        assertEquals(0, made.waitFor());
        return pipe;
    }

    interface Reading {
        Object read(File file) throws IOException;
    }

    static Stream<Named<Reading>> waysToRead() {
        return Stream.of(
                Named.of("FileInputStream", BlockingCallTest::readsAStream),
                Named.of("RandomAccessFile", BlockingCallTest::readsARandomAccessFile),
                Named.of("FileChannel", BlockingCallTest::readsAChannel),
                Named.of("Files.readAllBytes", BlockingCallTest::readsAllBytes));
    }

    private static Object readsAStream(File file) throws IOException {
        try (FileInputStream in = new FileInputStream(file)) {
            return in.read();
        }
    }

    private static Object readsARandomAccessFile(File file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file, "r")) {
            return in.read();
        }
    }

    private static Object readsAChannel(File file) throws IOException {
        try (FileChannel in = FileChannel.open(file.toPath())) {
            return in.read(ByteBuffer.allocate(1));
        }
    }

    private static Object readsAllBytes(File file) throws IOException {
        return Files.readAllBytes(file.toPath()).length;
    }

    private static String nameOf(Reading reading) {
        return waysToRead()
                .filter(named -> named.getPayload() == reading)
                .map(Named::getName)
                .findFirst()
                .orElse("");
    }

    @ParameterizedTest
    @MethodSource("waysToRead")
    void aFileThatIsOpenedAndBlocksIsNamedWithClassMethodAndGreenlet(Reading reading) throws Exception {
        FirstHog hog = new FirstHog();
        File pipe = pipe().toFile();
        try (CapturedLog log = new CapturedLog()) {
            try (LoopGroup group = watched(hog)) {
                Greenlet<?> reader = group.next().spawn("reader", () -> reading.read(pipe));
                String seen = hog.seen.join();
                try (var writer = Files.newOutputStream(pipe.toPath(), StandardOpenOption.WRITE)) {
                    writer.write(1);
                }
                reader.join();
                assertTrue(seen.startsWith("BLOCKING_CALL by reader in reads"), () -> nameOf(reading) + ": " + seen);
            }
            String line = log.lines.get(0);
            assertTrue(line.startsWith("greenlet \"reader\" has held loop weft-0 for "), line);
            assertTrue(line.contains("\n  spawned at dev.weft.BlockingCallTest"), line);
            assertTrue(line.contains("in a blocking call, "), line);
            assertTrue(line.contains(" at dev.weft.BlockingCallTest.reads"), line);
            assertTrue(line.contains("Weft.offload"), line);
        }
    }

    @ParameterizedTest
    @MethodSource("waysToRead")
    void aFileThatIsReadAndBlocksIsNamedWithClassMethodAndGreenlet(Reading reading) throws Exception {
        FirstHog hog = new FirstHog();
        File pipe = pipe().toFile();
        try (LoopGroup group = watched(hog)) {
            Greenlet<?> reader;
            try (RandomAccessFile writer = new RandomAccessFile(pipe, "rw")) { // so that the reader's open returns
                reader = group.next().spawn("reader", () -> reading.read(pipe));
                assertTrue(hog.seen.join().startsWith("BLOCKING_CALL by reader in reads"), hog.seen::join);
                writer.write(1);
            }
            reader.join();
        }
    }

    @Test
    void codeThatComputesIsToldApart() {
        FirstHog hog = new FirstHog();
        try (CapturedLog log = new CapturedLog()) {
            try (LoopGroup group = watched(hog)) {
                group.next().spawn("busy", () -> computes(hog.seen)).join();
                assertEquals("COMPUTING by busy in computes", hog.seen.join());
            }
            assertTrue(
                    log.lines.get(0).contains(" ms: computing at dev.weft.BlockingCallTest.computes"),
                    log.lines::toString);
        }
    }

    private static void computes(CompletableFuture<?> until) {
        while (!until.isDone()) {
            Thread.onSpinWait();
        }
    }

    private static final ThreadLocal<@Nullable Callable<?>> INITIALISING = new ThreadLocal<>();

    private static void initialise() {
        Callable<?> body = INITIALISING.get();
        try {
            if (body != null) {
                body.call();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static final class First {
        static final int VALUE = value();

        private static int value() {
            initialise();
            return 1;
        }

        private First() {}
    }

    static final class Second {
        static final int VALUE = value();

        private static int value() {
            initialise();
            return 2;
        }

        private Second() {}
    }

    @Test
    void pinnedWaitsAreCountedAndReportedOnceForEachPlaceWithTheirStack() {
        try (CapturedLog log = new CapturedLog()) {
            try (LoopGroup group = LoopGroup.open()) {
                int sum = group.next()
                        .spawn("initialiser", () -> {
                            INITIALISING.set(() -> {
                                for (int i = 0; i < 3; i++) {
                                    Weft.sleep(Duration.ofMillis(1));
                                }
                                return 0;
                            });
                            return First.VALUE + Second.VALUE;
                        })
                        .join();
                assertEquals(3, sum);
                assertEquals(6, group.next().statistics().pinned());
            }
            assertEquals(1, log.lines.size(), log.lines::toString);
            String line = log.lines.get(0);
            assertTrue(line.contains("greenlet \"initialiser\", spawned at dev.weft.BlockingCallTest"), line);
            assertTrue(line.contains("First.<clinit>"), line);
        }
    }

    static final class WaitsInTheJdk {
        static final int VALUE = value();

        private static int value() {
            initialise();
            return 3;
        }

        private WaitsInTheJdk() {}
    }

    @Test
    void aPinnedWaitInsideTheJdkIsTakenForThatByTheWatch() {
        FirstHog hog = new FirstHog();
        CountDownLatch over = new CountDownLatch(1);
        try (LoopGroup group = watched(hog)) {
            Greenlet<Integer> pinned = group.next().spawn("pinned", () -> {
                INITIALISING.set(() -> {
                    over.await();
                    return 0;
                });
                return WaitsInTheJdk.VALUE;
            });
            assertEquals("PINNED by pinned in initialise", hog.seen.join());
            over.countDown();
            assertEquals(3, pinned.join());
        }
    }

    @ParameterizedTest
    @MethodSource("waysToRead")
    void theRecorderSeesTheShortestRead(Reading reading) throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[] {1, 2, 3});
        try (BlockingCalls calls = BlockingCalls.watch()) {
            Weft.run(() -> reading.read(file.toFile()));
            reading.read(file.toFile()); // on no loop
            List<BlockingCall> seen = calls.stop();
            assertTrue(!seen.isEmpty(), () -> nameOf(reading) + " was not seen");
            for (BlockingCall call : seen) {
                assertEquals("main", call.greenlet());
                assertEquals("FileRead", call.operation());
                assertEquals(file.toString(), call.target());
                assertTrue(
                        call.where().stream()
                                .anyMatch(frame -> frame.getMethodName().startsWith("reads")),
                        call::toString);
            }
            AssertionError told = assertThrows(AssertionError.class, calls::assertNone);
            assertTrue(told.toString().contains("FileRead of " + file + " by greenlet \"main\""), told::toString);
        }
    }

    @Test
    void theRecorderHasNothingToSayOfOffloadedCallsAndWaits() throws Exception {
        Path file = Files.write(directory.resolve("file"), new byte[] {1, 2, 3});
        try (BlockingCalls calls = BlockingCalls.watch()) {
            Weft.run(() -> {
                Weft.sleep(Duration.ofMillis(1));
                return Weft.<Object>offload(() -> readsAStream(file.toFile()));
            });
            calls.assertNone();
        }
    }

    @Test
    void theRecorderLeavesTheLoadingOfClassesOut() {
        try (BlockingCalls calls = BlockingCalls.watch()) {
            int eight = Weft.run(() -> 1 + LoadedLate.value());
            assertEquals(8, eight);
            calls.assertNone();
        }
    }
}
