package dev.weft.serial;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is written is read as it was, if its classes are allowed. */
final class SerializerTest {
    private static final Serializer SERIALIZER =
            Serializer.builder().allow(SerializerTest.class).build();

    private interface Job<T> extends Callable<T>, Serializable {}

    private record Order(String customer, List<Integer> items) implements Serializable {}

    private enum Level {
        LOW,
        HIGH {
            @Override
            int weight() {
                return 10;
            }
        };

        @SuppressWarnings("UnusedMethod") // gives a constant a class of its own
        int weight() {
            return 1;
        }
    }

    private static final class Node implements Serializable {
        private static final long serialVersionUID = 1L;

        private transient int visits = 5;
        private Node next = this;
    }

    private record Echo(String name) implements InvocationHandler, Serializable {
        @Override
        public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] arguments) {
            return name;
        }
    }

    @SuppressWarnings("NullAway") // null only for null
    private static Object copy(Object object) {
        return SERIALIZER.read(SERIALIZER.write(object));
    }

    static List<Object> valuesOfTheJdk() {
        return List.of(
                "text",
                "long text ".repeat(10_000),
                true,
                (byte) 1,
                'c',
                (short) 2,
                3,
                4L,
                5f,
                6d,
                new BigDecimal("1.5"),
                Duration.ofSeconds(1),
                Instant.EPOCH,
                UUID.fromString("00000000-0000-0001-0000-000000000002"),
                URI.create("http://localhost/"),
                List.of(1, 2, 3),
                Set.of("a"),
                Map.of("a", 1, "b", 2),
                Arrays.asList(1, null),
                new ArrayList<>(List.of(1)),
                new HashMap<>(),
                new HashMap<>(Map.of("key", List.of("value"))),
                new LinkedHashMap<>(Map.of("key", "value")),
                new TreeMap<>(Map.of("key", "value")),
                new ConcurrentHashMap<>(Map.of("key", "value")),
                new EnumMap<>(Map.of(DayOfWeek.MONDAY, 1)),
                BitSet.valueOf(new long[] {5}),
                String.class,
                int.class);
    }

    @ParameterizedTest
    @MethodSource("valuesOfTheJdk")
    void valuesAndCollectionsOfTheJdkAreAlwaysAllowed(Object value) {
        Serializer bare = Serializer.builder().allow(Class.class).build();
        assertEquals(value, bare.read(bare.write(value)));
    }

    @Test
    @SuppressWarnings({"IdentityHashMapUsage", "IdentityHashMapBoxing", "NullAway"})
    void emptyTablesOfAnySizeAreRead() {
        for (int size = 0; size < 300; size++) {
            Map<Integer, Integer> identities = new IdentityHashMap<>();
            Map<Integer, Integer> numbers = new HashMap<>();
            PriorityQueue<Integer> queue = new PriorityQueue<>();
            for (int i = 0; i < size; i++) {
                identities.put(i, null);
                numbers.put(i, null);
                queue.add(i);
            }
            assertEquals(size, ((Map<?, ?>) copy(identities)).size());
            assertEquals(numbers, copy(numbers));
            assertEquals(size, ((PriorityQueue<?>) copy(queue)).size());
        }
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullIsAnObjectLikeOthers() {
        assertNull(copy(null));
    }

    @Test
    void arraysOfPrimitivesAreAlwaysAllowed() {
        assertArrayEquals(new int[][] {{1}, {2, 3}}, (int[][]) copy(new int[][] {{1}, {2, 3}}));
        assertArrayEquals(new double[1_000], (double[]) copy(new double[1_000]));
    }

    @Test
    void recordsAndEnumsAreRead() {
        Order order = new Order("Ann", List.of(1, 2));
        assertEquals(order, copy(order));
        assertSame(Level.LOW, copy(Level.LOW));
        assertSame(Level.HIGH, copy(Level.HIGH));
    }

    @Test
    void lambdasAreReadWithWhatTheyCapture() throws Exception {
        Order order = new Order("Ann", List.of(1, 2));
        Job<String> job = () -> order.customer() + order.items();
        assertEquals("Ann[1, 2]", assertInstanceOf(Job.class, copy(job)).call());
    }

    @Test
    void proxiesAreReadIfTheirInterfacesAndHandlersAreAllowed() throws Exception {
        Object proxy = Proxy.newProxyInstance(
                SerializerTest.class.getClassLoader(), new Class<?>[] {Job.class}, new Echo("echo"));
        assertEquals("echo", assertInstanceOf(Job.class, copy(proxy)).call());
        Serializer bare = Serializer.builder().build();
        assertThrows(NotAllowed.class, () -> bare.write(proxy));
        assertThrows(NotAllowed.class, () -> bare.read(SERIALIZER.write(proxy)));
        Serializer handlers = Serializer.builder().allow(Echo.class).build();
        NotAllowed refusal = assertThrows(NotAllowed.class, () -> handlers.read(SERIALIZER.write(proxy)));
        assertEquals(Job.class.getName(), refusal.type());
    }

    @Test
    void cyclesAndSharedReferencesStay() {
        Node node = assertInstanceOf(Node.class, copy(new Node()));
        assertSame(node, node.next);
        assertEquals(0, node.visits);
        Object shared = new ArrayList<>();
        List<?> copies = (List<?>) copy(List.of(shared, shared));
        assertSame(copies.get(0), copies.get(1));
    }

    @Test
    void handlesReplaceWhatStaysBehind() {
        Object connection = new Object();
        Serializer replacing = SERIALIZER.with(new Substitution() {
            @Override
            public Object outgoing(Object object) {
                return object == connection ? Level.HIGH : object;
            }

            @Override
            public Object incoming(Object object) {
                return object == Level.HIGH ? connection : object;
            }
        });
        List<?> copies =
                (List<?>) Objects.requireNonNull(replacing.read(replacing.write(List.of(connection, "x", connection))));
        assertSame(connection, copies.get(0));
        assertEquals("x", copies.get(1));
        assertSame(connection, copies.get(2));
    }

    @Test
    void anAllowedPackageDoesNotIncludeThoseBelowIt() {
        Serializer right = Serializer.builder().allowPackage("dev.weft.serial").build();
        assertEquals(Level.LOW, right.read(right.write(Level.LOW)));
        Serializer above = Serializer.builder().allowPackage("dev.weft").build();
        assertThrows(NotAllowed.class, () -> above.write(Level.LOW));
    }

    @Test
    void superclassesOfAnAllowedClassAreAllowed() {
        Serializer serializer = Serializer.builder().allow(Derived.class).build();
        Derived derived = assertInstanceOf(Derived.class, serializer.read(serializer.write(new Derived())));
        assertEquals(7, derived.base);
    }

    private static class Base implements Serializable {
        private static final long serialVersionUID = 1L;

        final int base = Integer.parseInt("7");
    }

    private static final class Derived extends Base {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void limitsMustBePositive() {
        assertThrows(IllegalArgumentException.class, () -> Serializer.builder().maxBytes(0));
        assertThrows(IllegalArgumentException.class, () -> Serializer.builder().maxDepth(0));
    }
}
