package dev.weft.serial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be written or read is refused, with the class, the fields that lead to it, and the cure. */
final class RefusalTest {
    private static final Serializer ALL =
            Serializer.builder().allowPackage("dev.weft.serial").build();
    private static final Serializer SOME =
            Serializer.builder().allow(Job.class, Named.class, Link.class).build();

    private static final AtomicBoolean INITIALISED = new AtomicBoolean();

    /** Not allowed by {@link #SOME}. */
    private static final class Secret implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** Not serialisable. */
    private static final class Connection {}

    private record Job(int number, Object cargo) implements Serializable {}

    @SuppressWarnings({"serial", "UnusedVariable"}) // read by the serializer
    private static class Named implements Serializable {
        private static final long serialVersionUID = 1L;

        final String name = "name";
        final Object owner;

        Named(Object owner) {
            this.owner = owner;
        }
    }

    @SuppressWarnings({"serial", "UnusedVariable", "NullAway.Init"}) // read by the serializer
    private static final class Link implements Serializable {
        private static final long serialVersionUID = 1L;

        private Object next;

        static Object chain(int length, Object end) {
            Object first = end;
            for (int i = 0; i < length; i++) {
                Link link = new Link();
                link.next = first;
                first = link;
            }
            return first;
        }
    }

    /** A way to hold an object, and the path that leads to it. */
    record Holding(String path, Function<Serializable, Object> holder) {
        @Override
        public String toString() {
            return path;
        }
    }

    static List<Holding> holdings() {
        return List.of(
                new Holding("Job.cargo", held -> new Job(1, held)),
                new Holding("Job.cargo.owner", held -> new Job(1, new Named(held))),
                new Holding("Job.cargo[2]", held -> new Job(1, List.of("a", "b", held))),
                new Holding("Job.cargo[1]", held -> new Job(1, new ArrayList<>(List.of("a", held)))),
                new Holding("Job.cargo[0][1]", held -> new Job(1, new Object[][] {{1, held}, {held}})),
                new Holding("Job.cargo.a[1].owner", held -> new Job(1, Arrays.asList(1, new Named(held)))),
                new Holding("TreeMap.value[1]", held -> new TreeMap<>(Map.of("a", 1, "b", held))),
                new Holding("HashMap.key[0].cargo", held -> new HashMap<>(Map.of(new Job(1, held), "b"))),
                new Holding("LinkedHashMap.value[0][0]", held -> new LinkedHashMap<>(Map.of(1, List.of(held)))),
                new Holding(
                        "Link.next.next.next.next.next...(190 more)....next.next.next.next.next",
                        held -> Link.chain(200, held)));
    }

    @ParameterizedTest
    @MethodSource("holdings")
    void theWriterNamesAClassThatIsNotAllowedAndItsPlace(Holding holding) {
        NotAllowed refusal =
                assertThrows(NotAllowed.class, () -> SOME.write(holding.holder().apply(new Secret())));
        assertEquals(holding.path(), refusal.path());
        assertEquals(Secret.class.getName(), refusal.type());
        assertEquals(
                "cannot send dev.weft.serial.RefusalTest$Secret at " + holding.path()
                        + ": the class is not on the allow-list; add it with"
                        + " allow(dev.weft.serial.RefusalTest.Secret.class) or allowPackage(\"dev.weft.serial\")",
                refusal.getMessage());
    }

    @ParameterizedTest
    @MethodSource("holdings")
    void theReaderNamesAClassThatIsNotAllowedAndItsPlace(Holding holding) {
        byte[] bytes = ALL.write(holding.holder().apply(new Secret()));
        NotAllowed refusal = assertThrows(NotAllowed.class, () -> SOME.read(bytes));
        assertEquals(holding.path(), refusal.path());
        assertEquals(Secret.class.getName(), refusal.type());
        assertTrue(
                String.valueOf(refusal.getMessage()).startsWith("cannot read dev.weft.serial.RefusalTest$Secret at "),
                refusal::getMessage);
    }

    @ParameterizedTest
    @MethodSource("holdings")
    void theWriterNamesAClassThatIsNotSerialisableAndItsPlace(Holding holding) {
        Serializable keeper = new Named(new Connection());
        NotSerializable refusal = assertThrows(
                NotSerializable.class, () -> ALL.write(holding.holder().apply(keeper)));
        assertTrue(refusal.path().endsWith(".owner"), refusal::path);
        assertEquals(Connection.class.getName(), refusal.type());
        assertTrue(String.valueOf(refusal.getMessage()).contains("make the field transient"), refusal::getMessage);
    }

    @Test
    void aCapturedObjectIsNamed() {
        Connection connection = new Connection();
        Callable<Object> lambda = (Callable<Object> & Serializable) () -> connection;
        NotSerializable refusal = assertThrows(NotSerializable.class, () -> ALL.write(new Job(1, lambda)));
        assertEquals("Job.cargo.capturedArgs[0]", refusal.path());
        refusal = assertThrows(NotSerializable.class, () -> ALL.write(lambda));
        assertEquals("lambda.capturedArgs[0]", refusal.path());
    }

    @Test
    void aLambdaOfAnInterfaceThatIsNotSerialisableIsNamedByItsClass() {
        Runnable lambda = () -> {};
        NotSerializable refusal = assertThrows(NotSerializable.class, () -> ALL.write(new Job(1, lambda)));
        assertEquals(
                "cannot send a lambda of dev.weft.serial.RefusalTest at Job.cargo: the lambda's interface is not"
                        + " java.io.Serializable; assign it to one that is, or cast it with (Runnable & Serializable)",
                refusal.getMessage());
    }

    @Test
    void aLambdaOfAClassThatIsNotAllowedIsRefused() {
        Runnable lambda = (Runnable & Serializable) () -> {};
        assertEquals(
                RefusalTest.class.getName(),
                assertThrows(NotAllowed.class, () -> SOME.write(lambda)).type());
        byte[] bytes = ALL.write(lambda);
        assertEquals(
                RefusalTest.class.getName(),
                assertThrows(NotAllowed.class, () -> SOME.read(bytes)).type());
    }

    @Test
    void theRootIsNamedByItsClassAlone() {
        NotAllowed refusal = assertThrows(NotAllowed.class, () -> SOME.write(new Secret()));
        assertTrue(
                String.valueOf(refusal.getMessage()).startsWith("cannot send dev.weft.serial.RefusalTest$Secret: "),
                refusal::getMessage);
        NotSerializable other = assertThrows(NotSerializable.class, () -> SOME.write(new Connection()));
        assertTrue(
                String.valueOf(other.getMessage()).startsWith("cannot send dev.weft.serial.RefusalTest$Connection: "),
                other::getMessage);
    }

    @Test
    void arraysAreNamedByTheirElements() {
        assertEquals(
                Secret.class.getName(),
                assertThrows(NotAllowed.class, () -> SOME.write(new Secret[1][1]))
                        .type());
    }

    /** As long as the name of the class that it is renamed to. */
    private static final class Harmless implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    @SuppressWarnings("UnusedNestedClass") // named by the bytes
    private static final class Explodes implements Serializable {
        private static final long serialVersionUID = 1L;

        static {
            INITIALISED.set(true);
        }
    }

    @Test
    void aRefusedClassIsNotInitialised() {
        String bytes = new String(ALL.write(new Job(1, new Harmless())), StandardCharsets.ISO_8859_1);
        byte[] renamed = bytes.replace("$Harmless", "$Explodes").getBytes(StandardCharsets.ISO_8859_1);
        assertThrows(NotAllowed.class, () -> SOME.read(renamed));
        assertFalse(INITIALISED.get());
        ALL.read(renamed);
        assertTrue(INITIALISED.get());
    }

    private static final class Stubborn implements Serializable {
        private static final long serialVersionUID = 1L;

        private void writeObject(ObjectOutputStream out) throws IOException {
            throw new IOException("not today");
        }
    }

    @Test
    void aClassWhoseOwnCodeFailsIsNamed() {
        NotSerializable refusal = assertThrows(NotSerializable.class, () -> ALL.write(new Job(1, new Stubborn())));
        assertEquals("Job.cargo", refusal.path());
        assertEquals(Stubborn.class.getName(), refusal.type());
        assertEquals("not today", Objects.requireNonNull(refusal.getCause()).getMessage());
    }

    private record Positive(int number) implements Serializable {
        static boolean strict;

        Positive {
            if (strict && number <= 0) {
                throw new IllegalArgumentException("not positive: " + number);
            }
        }
    }

    @Test
    void aRecordThatRejectsItsValuesIsNamed() {
        byte[] bytes = ALL.write(new Job(1, List.of(new Positive(1), new Positive(-1))));
        Positive.strict = true;
        try {
            Malformed refusal = assertThrows(Malformed.class, () -> ALL.read(bytes));
            assertEquals("Job.cargo[1]", refusal.path());
            assertEquals(Positive.class.getName(), refusal.type());
        } finally {
            Positive.strict = false;
        }
    }

    @Test
    void tooManyBytesAreRefusedOnBothSides() {
        Serializer small = Serializer.builder().maxBytes(1_000).build();
        List<Object> large = List.of("x", new byte[2_000]);
        LimitExceeded refusal = assertThrows(LimitExceeded.class, () -> small.write(large));
        assertTrue(String.valueOf(refusal.getMessage()).contains("raise maxBytes"), refusal::getMessage);
        byte[] bytes = ALL.write(large);
        assertThrows(LimitExceeded.class, () -> small.read(bytes));
        List<Integer> many = IntStream.range(0, 10_000).boxed().toList(); // none of them large
        Serializer medium = Serializer.builder().maxBytes(10_000).build();
        assertThrows(LimitExceeded.class, () -> medium.write(many));
    }

    @Test
    void deepGraphsAreRefusedByTheReader() {
        byte[] bytes = ALL.write(Link.chain(600, "end"));
        LimitExceeded refusal = assertThrows(LimitExceeded.class, () -> SOME.read(bytes));
        assertEquals(Link.class.getName(), refusal.type());
        assertTrue(String.valueOf(refusal.getMessage()).contains("raise maxDepth"), refusal::getMessage);
    }

    @Test
    void graphsThatAreTooDeepForTheStackAreRefusedByTheWriter() {
        LimitExceeded refusal = assertThrows(LimitExceeded.class, () -> ALL.write(Link.chain(1_000_000, "end")));
        assertTrue(String.valueOf(refusal.getMessage()).contains("deeper than the stack"), refusal::getMessage);
    }

    /** The writer's frames may be smaller, as compiled ones are, so that the place of its end takes more of the stack than there is. */
    @Test
    void aPlaceThatIsTooDeepForTheStackIsUnknown() throws Exception {
        byte[] bytes = ALL.write(Link.chain(900, "end"));
        byte[] begun = Arrays.copyOf(bytes, bytes.length - 1);
        FutureTask<String> finding =
                new FutureTask<>(() -> FieldPath.at(begun, "Link").toString());
        new Thread(null, finding, "small", 160 * 1024).start();
        String place = finding.get();
        assertTrue(place.contains("an unknown place in Link"), place);
    }
}
