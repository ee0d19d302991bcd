package dev.weft.shared;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.serial.Malformed;
import dev.weft.serial.NotSerializable;
import dev.weft.serial.Serializer;
import dev.weft.workers.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several processes see the same elements, and nothing is left when they have ended, however they did. */
final class SharedArrayTest {
    private static final Serializer SERIALIZER =
            Serializer.builder().allowPackage("dev.weft.shared").build();
    private static final int INCREMENTS = 100_000;

    private Set<String> before = Set.of();

    @BeforeEach
    void rememberWhatIsThere() {
        before = left();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals(before, left());
    }

    /** Returns the files and mappings of shared arrays. */
    private static Set<String> left() {
        try (Stream<Path> memory = Files.list(Path.of("/dev/shm"));
                Stream<Path> temporary = Files.list(Path.of(System.getProperty("java.io.tmpdir")));
                Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            return Stream.of(memory.map(Path::toString), temporary.map(Path::toString), mappings)
                    .flatMap(names -> names)
                    .filter(name -> name.contains("/weft-") && !name.contains("/weft-w"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // null only for null
    private static <T> T copy(T object) {
        return (T) SERIALIZER.read(SERIALIZER.write(object));
    }

    @Test
    void elementsAreReadAndWritten() throws IOException {
        try (SharedArray.OfByte bytes = SharedArray.ofBytes(3);
                SharedArray.OfInt ints = SharedArray.ofInts(3);
                SharedArray.OfLong longs = SharedArray.ofLongs(3);
                SharedArray.OfDouble doubles = SharedArray.ofDoubles(3)) {
            bytes.set(2, (byte) -1);
            ints.set(2, -2);
            longs.set(2, -3);
            doubles.set(2, -4.5);
            assertEquals(-1, bytes.get(2));
            assertEquals(-2, ints.get(2));
            assertEquals(-3, longs.get(2));
            assertEquals(-4.5, doubles.get(2));
            assertEquals(0, ints.get(1));
            assertEquals(3, longs.length());
            assertEquals(24, doubles.segment().byteSize());
        }
    }

    @Test
    void atomicOperationsAreThoseOfVarHandle() throws IOException {
        try (SharedArray.OfInt ints = SharedArray.ofInts(2);
                SharedArray.OfLong longs = SharedArray.ofLongs(2)) {
            assertEquals(0, ints.getAndAdd(1, 5));
            assertTrue(ints.compareAndSet(1, 5, 6));
            assertFalse(ints.compareAndSet(1, 5, 7));
            ints.setRelease(0, 9);
            assertEquals(9, ints.getAcquire(0));
            assertEquals(6, ints.getAcquire(1));
            assertEquals(0, longs.getAndAdd(1, 5));
            assertTrue(longs.compareAndSet(1, 5, 6));
            assertFalse(longs.compareAndSet(1, 5, 7));
            longs.setRelease(0, 9);
            assertEquals(9, longs.getAcquire(0));
            assertEquals(6, longs.getAcquire(1));
        }
    }

    @Test
    void indicesAreChecked() throws IOException {
        try (SharedArray.OfLong longs = SharedArray.ofLongs(3)) {
            assertThrows(IndexOutOfBoundsException.class, () -> longs.get(3));
            assertThrows(IndexOutOfBoundsException.class, () -> longs.set(-1, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> longs.getAndAdd(3, 1));
        }
    }

    @Test
    void anArrayHasAtLeastOneElement() {
        assertThrows(IllegalArgumentException.class, () -> SharedArray.ofBytes(0));
        assertThrows(IllegalArgumentException.class, () -> SharedArray.ofLongs(Long.MAX_VALUE / 4));
    }

    @Test
    void anArrayForWhichThereIsNoRoomIsRefusedAtOnce() {
        assertThrows(IOException.class, () -> SharedArray.ofLongs(Long.MAX_VALUE / 16));
    }

    @Test
    void itsFileIsTheOwnersAlone() throws IOException {
        try (SharedFile file = SharedFile.create(1)) {
            Path path = Path.of(file.reference().path());
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        }
    }

    @Test
    void itsFileHasAllItsBlocksFromTheStart() throws Exception {
        long size = 1 << 20;
        try (SharedFile file = SharedFile.create(size)) {
            Process stat = new ProcessBuilder(
                            "stat", "-L", "-c", "%b", file.reference().path())
                    .start();
            long blocks = Long.parseLong(stat.inputReader().readLine());
            assertEquals(0, stat.waitFor());
            assertTrue(
                    blocks * 512 >= size, () -> blocks + " blocks of " + size + " bytes"); // or a fault follows later
        }
    }

    @Test
    void anArrayThatComesBackIsTheSame() throws IOException {
        try (SharedArray.OfLong longs = SharedArray.ofLongs(1)) {
            assertSame(longs, copy(longs));
        }
    }

    @Test
    void aClosedArrayIsOver() throws IOException {
        SharedArray.OfLong longs = SharedArray.ofLongs(1);
        byte[] bytes = SERIALIZER.write(longs);
        longs.close();
        longs.close();
        assertThrows(IllegalStateException.class, () -> longs.get(0));
        NotSerializable refusal = assertThrows(NotSerializable.class, () -> SERIALIZER.write(longs));
        assertTrue(String.valueOf(refusal.getMessage()).contains("has been closed"), refusal::getMessage);
        Malformed missing = assertThrows(Malformed.class, () -> SERIALIZER.read(bytes));
        assertTrue(String.valueOf(missing.getMessage()).contains("its creator has closed it"), missing::getMessage);
    }

    @Test
    void aReusedDescriptorIsNotTakenForTheArray() throws IOException {
        SharedArray.OfLong first = SharedArray.ofLongs(1);
        byte[] bytes = SERIALIZER.write(first);
        first.close();
        try (SharedArray.OfLong second = SharedArray.ofLongs(1)) {
            assertNotSame(first, second);
            assertThrows(Malformed.class, () -> SERIALIZER.read(bytes));
        }
    }

    @Test
    void aGreenletMayCreateOne() throws IOException {
        Weft.run(() -> {
            try (SharedArray.OfInt ints = SharedArray.ofInts(1)) {
                ints.set(0, 1);
            }
        });
    }

    @Test
    void processesCountTogether() throws Exception {
        try (SharedArray.OfLong longs = SharedArray.ofLongs(2)) {
            List<Process> children = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                children.add(child(Counting.class, Base64.getEncoder().encodeToString(SERIALIZER.write(longs))));
            }
            for (Process child : children) {
                assertEquals(0, child.waitFor());
            }
            assertEquals(2 * INCREMENTS, longs.get(1));
        }
    }

    @Test
    void bulkCopiesAreSeenByOtherProcesses() throws Exception {
        int[] numbers = IntStream.range(0, 1_000).toArray();
        try (SharedArray.OfInt ints = SharedArray.ofInts(1_000)) {
            ints.segment().copyFrom(MemorySegment.ofArray(numbers));
            Process child = child(Summing.class, Base64.getEncoder().encodeToString(SERIALIZER.write(ints)));
            assertEquals(0, child.waitFor());
            assertEquals(IntStream.of(numbers).sum(), ints.get(0));
        }
    }

    @Test
    void nothingIsLeftOfACreatorThatIsKilled() throws Exception {
        Process creator = child(Creating.class);
        byte[] bytes = Base64.getDecoder().decode(creator.inputReader().readLine());
        SharedArray.OfLong received = (SharedArray.OfLong) Objects.requireNonNull(SERIALIZER.read(bytes));
        assertEquals(42, received.get(0));
        creator.destroyForcibly().waitFor();
        assertEquals(42, received.get(0), "a mapping outlives the creator");
        received.close();
        assertEquals(42, received.get(0), "only the creator closes");
        Process late = child(Summing.class, Base64.getEncoder().encodeToString(bytes));
        assertEquals(1, late.waitFor(), "it can no longer be received");
        assertTrue(
                left().stream().allMatch(name -> before.contains(name) || name.contains("(deleted)")),
                () -> left() + "");
        received = null;
        Poll.until(() -> {
            System.gc();
            return before.equals(left()); // once the mapping is collected
        });
    }

    private static Process child(Class<?> program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Object received(String[] arguments) {
        return Objects.requireNonNull(SERIALIZER.read(Base64.getDecoder().decode(arguments[0])));
    }

    static final class Counting {
        public static void main(String[] arguments) {
            SharedArray.OfLong longs = (SharedArray.OfLong) received(arguments);
            for (int i = 0; i < INCREMENTS; i++) {
                longs.getAndAdd(1, 1);
            }
        }
    }

    static final class Summing {
        public static void main(String[] arguments) {
            SharedArray.OfInt ints = (SharedArray.OfInt) received(arguments);
            ints.set(
                    0,
                    IntStream.of(ints.segment().toArray(ValueLayout.JAVA_INT)).sum());
        }
    }

    static final class Creating {
        public static void main(String[] arguments) throws Exception {
            SharedArray.OfLong longs = SharedArray.ofLongs(1);
            longs.set(0, 42);
            System.out.println(Base64.getEncoder().encodeToString(SERIALIZER.write(longs)));
            System.in.read();
        }
    }
}
