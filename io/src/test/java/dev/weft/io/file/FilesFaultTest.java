package dev.weft.io.file;

import static dev.weft.io.file.FilesTest.LARGE;
import static dev.weft.io.file.FilesTest.random;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.NothingLeft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Files that fail, vanish and fill up, and greenlets that are killed while they use them. */
@ExtendWith({NoGreenletLeaks.class, NothingLeft.class})
@Timeout(60)
class FilesFaultTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    @Test
    void aFailureIsTheJdksAndItsStackShowsTheCaller() throws IOException {
        Path missing = directory.resolve("missing");
        Weft.run(() -> {
            for (Files.Call<?> call : List.<Files.Call<?>>of(
                    () -> Files.readString(missing),
                    () -> Files.input(missing),
                    () -> Files.open(missing),
                    () -> Files.size(missing),
                    () -> Files.list(missing),
                    () -> Files.walk(missing),
                    () -> Files.copy(missing, directory.resolve("copy")))) {
                NoSuchFileException e = assertThrows(NoSuchFileException.class, call::call);
                assertTrue(e.toString().contains(missing.toString()), e::toString);
                List<String> frames = Arrays.stream(e.getStackTrace())
                        .map(StackTraceElement::getMethodName)
                        .toList();
                assertTrue(
                        frames.contains("aFailureIsTheJdksAndItsStackShowsTheCaller")
                                || frames.stream()
                                        .anyMatch(name -> name.contains("aFailureIsTheJdksAndItsStackShowsTheCaller")),
                        frames::toString);
                assertFalse(frames.contains("runWorker"), frames::toString); // the thread of the pool says nothing
            }
        });
    }

    @Test
    void aFullDiskIsToldAtFlushAndAtCloseAndTheDescriptorGoes() throws IOException {
        Path full = Path.of("/dev/full");
        Weft.run(() -> {
            OutputStream flushed = Files.output(full);
            flushed.write(1);
            IOException e = assertThrows(IOException.class, flushed::flush);
            assertTrue(e.toString().contains("No space left"), e::toString);
            flushed.close(); // what could not be written is not tried again
            OutputStream closed = Files.output(full);
            closed.write(1);
            assertThrows(IOException.class, closed::close);
            OutputStream large = Files.output(full);
            assertThrows(IOException.class, () -> large.write(new byte[LARGE]));
            large.close();
            assertThrows(IOException.class, () -> Files.writeString(full, "x"));
        });
    }

    @Test
    void aFileThatIsDeletedOrCutOffWhileItIsReadEndsQuietly() throws IOException {
        Path file = directory.resolve("file");
        Weft.run(() -> {
            Files.write(file, random(LARGE));
            try (InputStream input = Files.input(file)) {
                assertEquals(1000, input.readNBytes(1000).length);
                Files.delete(file);
                assertEquals(LARGE - 1000, input.readAllBytes().length); // the system keeps it while it is open
            }
            Files.write(file, random(LARGE));
            try (InputStream input = Files.input(file)) {
                assertEquals(1, input.readNBytes(1).length);
                Files.write(file, new byte[0]);
                assertTrue(input.readAllBytes().length < LARGE);
            }
        });
    }

    /** Root may read all, and gets what is there; others are told what the JDK tells them. */
    @Test
    void whatMayNotBeReadIsDeniedAsByTheJdk() throws IOException {
        Path secret = directory.resolve("secret");
        java.nio.file.Files.writeString(secret, "nobody's");
        java.nio.file.Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        Object expected = outcome(() -> java.nio.file.Files.readString(secret));
        Weft.run(() -> assertEquals(expected, outcome(() -> Files.readString(secret))));
    }

    private static Object outcome(Callable<String> reading) {
        try {
            return reading.call();
        } catch (Exception e) {
            return e.getClass();
        }
    }

    @Test
    void aDirectoryThatVanishesEndsTheWalkAfterWhatCameBefore() throws IOException {
        Weft.run(() -> {
            Path sub = Files.createDirectory(directory.resolve("sub"));
            try (DirectoryEntries entries = Files.walk(directory)) {
                Files.delete(sub);
                assertEquals(directory, entries.iterator().next());
                UncheckedIOException e = null;
                try {
                    entries.forEach(entry -> assertEquals(sub, entry));
                } catch (UncheckedIOException gone) {
                    e = gone;
                }
                assertTrue(e == null || e.getCause() instanceof NoSuchFileException, String.valueOf(e));
            }
        });
    }

    @Test
    void aCallThatRunsIsWaitedForAndKept() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger result = new AtomicInteger();
        try (LoopGroup group = LoopGroup.open()) {
            Greenlet<?> greenlet = group.spawn(() -> {
                result.set(Files.call(() -> {
                    began.countDown();
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        return -1;
                    }
                    return 42;
                }));
                Weft.yieldNow();
            });
            began.await();
            greenlet.kill();
            go.countDown();
            assertThrows(Cancelled.class, greenlet::join);
            assertEquals(42, result.get());
        }
    }

    @Test
    void oneWhoWaitsForHisTurnLeavesAtOnceAndTheBoundHolds() throws Exception {
        int all = Files.MAX_CONCURRENT_CALLS;
        CountDownLatch began = new CountDownLatch(all);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger never = new AtomicInteger();
        try (LoopGroup group = LoopGroup.open()) {
            Greenlet<?> main = group.spawn(() -> Weft.scope(scope -> {
                for (int i = 0; i < all; i++) {
                    scope.spawn(() -> Files.call(() -> {
                        began.countDown();
                        try {
                            go.await();
                        } catch (InterruptedException e) {
                            never.incrementAndGet();
                        }
                        return 0;
                    }));
                }
                Weft.offload(() -> began.await());
                Greenlet<?> late = scope.spawn(() -> Files.call(never::incrementAndGet));
                while (late.state() != Greenlet.State.WAITING) {
                    Weft.yieldNow();
                }
                late.kill();
                assertThrows(Cancelled.class, late::join);
                Weft.offload(() -> {}); // other calls have threads left
                go.countDown();
            }));
            main.join();
            assertEquals(0, never.get());
        }
    }

    @Test
    void aKilledWriterStillWritesWhatItHadAcceptedAndCloses() throws IOException {
        Path file = directory.resolve("file");
        Weft.run(() -> {
            Greenlet<?> writer = Weft.spawn(() -> {
                try (OutputStream output = Files.output(file)) {
                    output.write("accepted".getBytes(UTF_8));
                    Greenlet.current().kill();
                    Weft.yieldNow();
                }
            });
            assertThrows(Cancelled.class, writer::join);
            assertEquals("accepted", Files.readString(file));
        });
    }

    @Test
    void aKilledReaderOfAStreamLeavesItUsable() throws IOException {
        Path file = directory.resolve("file");
        byte[] bytes = random(LARGE);
        java.nio.file.Files.write(file, bytes);
        Weft.run(() -> {
            try (InputStream input = Files.input(file)) {
                byte[] read = new byte[LARGE];
                int[] total = {0};
                while (total[0] < LARGE) {
                    Greenlet<?> reader = Weft.spawn(() -> {
                        while (total[0] < LARGE) {
                            total[0] += input.read(read, total[0], Math.min(50_000, LARGE - total[0]));
                        }
                    });
                    Weft.yieldNow();
                    Weft.yieldNow();
                    reader.killAndJoin(java.time.Duration.ofSeconds(10));
                    if (total[0] < LARGE && total[0] % 100_000 == 0) { // go on by one's own means now and then
                        total[0] += input.read(read, total[0], Math.min(50_000, LARGE - total[0]));
                    } else if (total[0] < LARGE) {
                        total[0] += input.read(read, total[0], Math.min(1000, LARGE - total[0]));
                    }
                }
                assertArrayEquals(bytes, read);
            }
        });
    }

    @Test
    void aKillDuringACallNeitherClosesTheFileNorTouchesTheBufferLater() throws IOException {
        Path file = directory.resolve("file");
        byte[] bytes = random(LARGE);
        java.nio.file.Files.write(file, bytes);
        byte[] untouched = new byte[LARGE];
        Weft.run(() -> {
            try (OpenFile open = Files.open(file, StandardOpenOption.READ)) {
                for (int i = 0; i < 100; i++) {
                    ByteBuffer target = ByteBuffer.allocate(LARGE);
                    Greenlet<Integer> reader = Weft.spawn(() -> open.read(target, 0));
                    while (!reader.waitingOn().contains("read from")) {
                        Weft.yieldNow();
                    }
                    for (int j = 0; j < i; j++) {
                        Weft.yieldNow(); // so that some are hit before the call and some in its midst
                    }
                    reader.kill();
                    Weft.joinAll(List.of(reader));
                    Arrays.fill(target.array(), (byte) 0);
                    assertEquals(LARGE, open.read(ByteBuffer.allocate(LARGE), 0));
                    assertArrayEquals(untouched, target.array());
                }
            }
        });
    }

    @Test
    void aKilledCopyIsBrokenOffAndRemoved() throws Exception {
        Path source = directory.resolve("source");
        Path target = directory.resolve("target");
        try (LoopGroup group = LoopGroup.open()) {
            Greenlet<?> copier = group.spawn(() -> {
                try (OpenFile open = Files.open(source, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    open.write(ByteBuffer.wrap(new byte[1]), 1L << 38); // a hole of 256 GiB takes its time to copy
                }
                Files.copy(source, target);
            });
            while (!java.nio.file.Files.exists(target) || java.nio.file.Files.size(target) == 0) {
                Thread.yield();
            }
            assertTrue(copier.killAndJoin(java.time.Duration.ofSeconds(30)));
            Cancelled e = assertThrows(Cancelled.class, copier::join);
            assertSame(Cancelled.class, e.getClass());
            assertFalse(java.nio.file.Files.exists(target));
        } finally {
            java.nio.file.Files.deleteIfExists(source);
            java.nio.file.Files.deleteIfExists(target);
        }
    }

    @Test
    void aSecondReaderOfAStreamIsBusy() throws IOException {
        Path file = directory.resolve("file");
        Weft.run(() -> {
            Files.write(file, random(LARGE));
            try (InputStream input = Files.input(file)) {
                Greenlet<Integer> first = Weft.spawn(() -> input.read(new byte[10]));
                Greenlet<Integer> second = Weft.spawn(() -> input.read(new byte[10]));
                assertEquals(10, first.join());
                assertThrows(dev.weft.Busy.class, second::join);
            }
        });
    }
}
