package dev.weft.io.file;

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
import dev.weft.io.Lines;
import dev.weft.io.NothingLeft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({NoGreenletLeaks.class, NothingLeft.class})
@Timeout(60)
class FilesTest {
    private static final int LARGE = 3_000_000; // more than some chunks, and no multiple of one

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    // ---- whole files
    // -------------------------------------------------------------------------------------------------

    @Test
    void whatIsWrittenWholeIsReadWhole() throws IOException {
        Path file = directory.resolve("file");
        Weft.run(() -> {
            Files.writeString(file, "gr\u00fcn\n");
            assertEquals("gr\u00fcn\n", Files.readString(file));
            Files.writeString(file, "blau", StandardOpenOption.APPEND);
            assertEquals("gr\u00fcn\nblau", Files.readString(file));
            Files.write(file, random(LARGE));
            assertArrayEquals(random(LARGE), Files.readAllBytes(file));
            assertEquals(LARGE, Files.size(file));
            Files.write(file, new byte[0]);
            assertEquals("", Files.readString(file));
        });
    }

    @Test
    void outsideALoopEverythingWorksAndBlocks() throws IOException {
        Path file = directory.resolve("file");
        Files.writeString(file, "one\ntwo\n");
        try (Lines lines = Files.lines(file)) {
            assertEquals("one", lines.iterator().next());
        }
        try (OutputStream output = Files.output(file)) {
            output.write(random(LARGE));
        }
        try (InputStream input = Files.input(file)) {
            assertArrayEquals(random(LARGE), input.readAllBytes());
        }
        try (OpenFile open = Files.open(file, StandardOpenOption.READ)) {
            assertEquals(LARGE, open.size());
        }
        try (Entries entries = Files.list(directory)) {
            assertEquals(file, entries.iterator().next());
        }
        Files.delete(file);
    }

    @Test
    void theLoopGoesOnWhileADiskIsWaitedFor() throws IOException {
        AtomicInteger turns = new AtomicInteger();
        CountDownLatch enough = new CountDownLatch(1);
        Weft.run(() -> {
            Greenlet<?> other = Weft.spawn(() -> {
                while (turns.incrementAndGet() < 100) {
                    Weft.yieldNow();
                }
                enough.countDown();
            });
            boolean awaited = Files.call(
                    () -> { // a disk that answers only when the other has run
                        try {
                            enough.await();
                            return true;
                        } catch (InterruptedException e) {
                            return false;
                        }
                    });
            assertTrue(awaited);
            other.join();
        });
    }

    // ---- streams
    // -----------------------------------------------------------------------------------------------------

    @Test
    void aStreamIsReadInPiecesOfAnySize() throws IOException {
        Path file = directory.resolve("file");
        byte[] bytes = random(LARGE);
        java.nio.file.Files.write(file, bytes);
        Weft.run(() -> {
            for (int size : new int[] {1, 1000, 65_536, 300_000, LARGE, LARGE + 1}) {
                int wanted = size == 1 ? 70_000 : LARGE;
                byte[] read = new byte[LARGE + 1];
                int total = 0;
                try (InputStream input = Files.input(file)) {
                    int count;
                    while (total < wanted
                            && (count = input.read(read, total, Math.min(size, read.length - total))) >= 0) {
                        total += count;
                    }
                }
                assertEquals(wanted, total);
                assertArrayEquals(Arrays.copyOf(bytes, total), Arrays.copyOf(read, total));
            }
        });
    }

    @Test
    void skippingReadsNothingAndEndsAtTheEnd() throws IOException {
        Path file = directory.resolve("file");
        byte[] bytes = random(LARGE);
        java.nio.file.Files.write(file, bytes);
        Weft.run(() -> {
            try (InputStream input = Files.input(file)) {
                assertEquals(bytes[0] & 0xff, input.read());
                assertEquals(10, input.skip(10));
                assertEquals(bytes[11] & 0xff, input.read());
                assertEquals(1_000_000, input.skip(1_000_000));
                assertEquals(bytes[1_000_012] & 0xff, input.read());
                assertEquals(LARGE - 1_000_013, input.skip(Long.MAX_VALUE));
                assertEquals(0, input.skip(1));
                assertEquals(-1, input.read());
            }
        });
    }

    @Test
    void aStreamIsWrittenInPiecesOfAnySize() throws IOException {
        Path file = directory.resolve("file");
        byte[] bytes = random(1_000_000);
        Weft.run(() -> {
            for (int size : new int[] {1, 1000, 8192, 65_536, 262_144, 300_000, 1_000_000}) {
                try (OutputStream output = Files.output(file)) {
                    for (int i = 0; i < bytes.length; i += size) {
                        if (size == 1) {
                            output.write(bytes[i]);
                        } else {
                            output.write(bytes, i, Math.min(size, bytes.length - i));
                        }
                    }
                }
                assertArrayEquals(bytes, Files.readAllBytes(file), "in pieces of " + size);
            }
        });
    }

    @Test
    void flushWritesAndOptionsAreHeeded() throws IOException {
        Path file = directory.resolve("file");
        Weft.run(() -> {
            try (OutputStream output = Files.output(file, StandardOpenOption.CREATE_NEW)) {
                output.write("one".getBytes(UTF_8));
                assertEquals(0, Files.size(file));
                output.flush();
                assertEquals(3, Files.size(file));
            }
            assertThrows(FileAlreadyExistsException.class, () -> Files.output(file, StandardOpenOption.CREATE_NEW));
            try (OutputStream output = Files.output(file, StandardOpenOption.APPEND)) {
                output.write("two".getBytes(UTF_8));
            }
            assertEquals("onetwo", Files.readString(file));
            assertThrows(IllegalArgumentException.class, () -> Files.output(file, StandardOpenOption.READ));
        });
    }

    @Test
    void aClosedStreamSaysSo() throws IOException {
        Path file = directory.resolve("file");
        Weft.run(() -> {
            OutputStream output = Files.output(file);
            output.write(1);
            output.close();
            output.close();
            assertThrows(ClosedChannelException.class, () -> output.write(1));
            assertThrows(ClosedChannelException.class, output::flush);
            InputStream input = Files.input(file);
            assertEquals(1, input.read());
            input.close();
            input.close();
            assertThrows(ClosedChannelException.class, input::read);
            assertThrows(ClosedChannelException.class, () -> input.skip(1));
        });
    }

    @Test
    void aCharsetThatIsRefusedLeavesNothingOpen() throws IOException {
        Path file = directory.resolve("file");
        Weft.run(() -> {
            Files.writeString(file, "x");
            assertThrows(
                    IllegalArgumentException.class, () -> Files.lines(file, java.nio.charset.StandardCharsets.UTF_16));
        });
    }

    @Test
    void linesOfAHugeFileAreReadInBoundedMemory() throws IOException {
        Path file = directory.resolve("file");
        Weft.run(() -> {
            try (OutputStream output = Files.output(file)) {
                for (int i = 0; i < 300_000; i++) {
                    output.write(("line " + i + "\n").getBytes(UTF_8));
                }
            }
            int number = 0;
            try (Lines lines = Files.lines(file)) {
                for (String line : lines) {
                    if (!line.equals("line " + number++)) {
                        throw new AssertionError(line + " at " + number);
                    }
                }
            }
            assertEquals(300_000, number);
        });
    }

    @Test
    void aSparseFileOfATerabyteIsOpenedAndReadWhereOneLikes() throws IOException {
        long tera = 1L << 40;
        Path file = directory.resolve("huge");
        Weft.run(() -> {
            try (OpenFile open =
                    Files.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
                open.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), tera);
                assertEquals(tera + 3, open.size());
            }
            try (InputStream input = Files.input(file)) {
                assertEquals(0, input.read());
                assertEquals(tera, input.skip(tera));
                assertArrayEquals(new byte[] {2, 3}, input.readAllBytes());
            }
            Files.delete(file);
        });
    }

    // ---- positions
    // ---------------------------------------------------------------------------------------------------

    @Test
    @SuppressWarnings("try") // it is closed early, to be used again
    void anOpenFileIsReadAndWrittenAtPositionsByMany() throws IOException {
        Path file = directory.resolve("file");
        Weft.run(() -> {
            try (OpenFile open =
                    Files.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                Weft.scope(scope -> {
                    for (int i = 0; i < 100; i++) {
                        byte value = (byte) i;
                        scope.spawn(() -> {
                            byte[] block = new byte[4096];
                            Arrays.fill(block, value);
                            assertEquals(4096, open.write(ByteBuffer.wrap(block), value * 4096L));
                        });
                    }
                });
                open.force();
                open.forceData();
                assertEquals(100 * 4096, open.size());
                ByteBuffer direct = ByteBuffer.allocateDirect(4096);
                assertEquals(4096, open.read(direct, 42 * 4096L));
                assertEquals(42, direct.get(4095));
                assertEquals(96, open.read(ByteBuffer.allocate(4096), 100 * 4096L - 96));
                assertEquals(-1, open.read(ByteBuffer.allocate(1), 100 * 4096L));
                open.truncate(10);
                assertEquals(10, open.size());
                open.close();
                assertFalse(open.isOpen());
                assertThrows(ClosedChannelException.class, () -> open.read(ByteBuffer.allocate(1), 0));
                assertThrows(ClosedChannelException.class, open::size);
            }
        });
    }

    // ---- directories and names
    // ---------------------------------------------------------------------------------------

    @Test
    void aTreeIsWalkedInBatchesParentsFirst() throws IOException {
        Set<Path> expected = new HashSet<>(Set.of(directory));
        for (int i = 0; i < 3; i++) {
            Path sub = java.nio.file.Files.createDirectory(directory.resolve("sub" + i));
            expected.add(sub);
            for (int j = 0; j < 400; j++) {
                expected.add(java.nio.file.Files.createFile(sub.resolve("file" + j)));
            }
        }
        Weft.run(() -> {
            Set<Path> seen = new HashSet<>();
            for (Path entry : Files.walk(directory)) {
                assertTrue(entry.equals(directory) || seen.contains(entry.getParent()), entry::toString);
                seen.add(entry);
            }
            assertEquals(expected, seen);
            try (Entries entries = Files.walk(directory)) { // left in the midst
                assertEquals(directory, entries.iterator().next());
            }
            int listed = 0;
            for (Path entry : Files.list(directory.resolve("sub1"))) {
                assertTrue(entry.getFileName().toString().startsWith("file"));
                listed++;
            }
            assertEquals(400, listed);
        });
    }

    @Test
    void filesAreCopiedMovedCreatedAndDeleted() throws IOException {
        Weft.run(() -> {
            Path sub = Files.createDirectories(directory.resolve("a/b"));
            assertThrows(FileAlreadyExistsException.class, () -> Files.createDirectory(sub));
            Path file = Files.createTempFile(sub, "x", ".tmp");
            Files.writeString(file, "text");
            Path copy = Files.copy(file, sub.resolve("copy"));
            assertThrows(FileAlreadyExistsException.class, () -> Files.copy(file, copy));
            Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
            Path moved = Files.move(copy, directory.resolve("moved"), StandardCopyOption.ATOMIC_MOVE);
            assertEquals("text", Files.readString(moved));
            assertFalse(Files.exists(copy));
            assertTrue(Files.attributes(sub).isDirectory());
            assertThrows(DirectoryNotEmptyException.class, () -> Files.delete(sub));
            assertTrue(Files.deleteIfExists(file));
            assertFalse(Files.deleteIfExists(file));
            assertThrows(NoSuchFileException.class, () -> Files.delete(file));
        });
    }

    // ---- faults
    // ------------------------------------------------------------------------------------------------------

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
            try (Entries entries = Files.walk(directory)) {
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

    // ---- kill
    // --------------------------------------------------------------------------------------------------------

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
        int all = Files.CALLS_AT_A_TIME;
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
