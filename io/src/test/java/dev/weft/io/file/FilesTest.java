package dev.weft.io.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.Lines;
import dev.weft.io.NothingLeft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith({NoGreenletLeaks.class, NothingLeft.class})
@Timeout(60)
class FilesTest {
    static final int LARGE = 3_000_000; // more than some chunks, and no multiple of one

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

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
        try (DirectoryEntries entries = Files.list(directory)) {
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
            try (DirectoryEntries entries = Files.walk(directory)) { // left in the midst
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
}
