package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.LoopListener;
import dev.weft.sync.Event;
import dev.weft.testing.NoGreenletLeaks;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Waits below frames of the JDK: the greenlet yields through them, or says that it cannot. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class ForeignFramesTest {
    /** A way for the JDK to call our code, which waits there and gives 1. */
    record Way(String name, Callable<Integer> through) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Waits until another greenlet of the loop has run: this one must have given the loop up. */
    static int waitForAnother() {
        Event ran = new Event();
        Weft.spawn(ran::set);
        ran.await();
        return 1;
    }

    private static int waitAndCompare(Integer left, Integer right) {
        return waitForAnother() * left.compareTo(right);
    }

    static Stream<Way> ways() {
        return Stream.of(
                new Way("a comparator of a sort", () -> {
                    List<Integer> list = new ArrayList<>(List.of(3, 1, 2));
                    list.sort(ForeignFramesTest::waitAndCompare);
                    return list.getFirst();
                }),
                new Way("a comparator of a sorted array", () -> {
                    Integer[] array = {3, 1, 2};
                    Arrays.sort(array, ForeignFramesTest::waitAndCompare);
                    return array[0];
                }),
                new Way("a comparator of a map", () -> {
                    TreeMap<Integer, String> map = new TreeMap<>(ForeignFramesTest::waitAndCompare);
                    map.put(2, "two");
                    map.put(1, "one");
                    return map.firstKey();
                }),
                new Way("a method called by reflection", () -> (Integer) ForeignFramesTest.class
                        .getDeclaredMethod("waitForAnother")
                        .invoke(null)),
                new Way(
                        "a constructor called by reflection",
                        () -> Waiting.class.getDeclaredConstructor().newInstance().one),
                new Way("a method handle", () -> {
                    try {
                        return (int) MethodHandles.lookup()
                                .findStatic(ForeignFramesTest.class, "waitForAnother", MethodType.methodType(int.class))
                                .invokeExact();
                    } catch (Throwable t) {
                        throw new AssertionError(t);
                    }
                }),
                new Way("a proxy", () -> (Integer) ((Callable<?>) Proxy.newProxyInstance(
                                ForeignFramesTest.class.getClassLoader(),
                                new Class<?>[] {Callable.class},
                                (proxy, method, arguments) -> waitForAnother()))
                        .call()),
                new Way(
                        "a lambda in a stream",
                        () -> Stream.of(1).map(one -> one * waitForAnother()).reduce(0, Integer::sum)),
                new Way(
                        "an iterator below a stream",
                        () -> StreamSupport.stream(new Once().spliterator(), false)
                                .findFirst()
                                .orElseThrow()),
                new Way(
                        "a map that computes under a monitor",
                        () -> new ConcurrentHashMap<String, Integer>().computeIfAbsent("key", key -> waitForAnother())),
                new Way(
                        "a scoped value's body",
                        () -> ScopedValue.where(SCOPED, 1).call(() -> waitForAnother() * SCOPED.get())));
    }

    private static final ScopedValue<Integer> SCOPED = ScopedValue.newInstance();

    static final class Waiting {
        final int one = waitForAnother();
    }

    private static final class Once implements Iterable<Integer> {
        @Override
        public Iterator<Integer> iterator() {
            return Stream.generate(ForeignFramesTest::waitForAnother).limit(1).iterator();
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void aWaitBelowYields(Way way) throws Exception {
        Weft.run(() -> {
            assertEquals(1, way.through().call());
            assertEquals(0, Loop.current().statistics().pinned());
        });
    }

    @Test
    void aPinnedWaitForItsOwnLoopIsReportedAndCanBeKilled() throws Exception {
        BlockingQueue<Greenlet<?>> pinned = new LinkedBlockingQueue<>();
        LoopListener listener = new LoopListener() {
            @Override
            public void onPinned(Loop loop, Greenlet<?> greenlet) {
                pinned.add(greenlet);
            }
        };
        try (LoopGroup group = LoopGroup.builder().listener(listener).open()) {
            Greenlet<?> stuck = group.next().spawn("stuck", () -> WaitsForAnotherInItsInitialiser.ONE);
            Greenlet<?> reported = pinned.take();
            assertEquals(stuck, reported);
            assertEquals("event", stuck.waitingOn());
            stuck.kill();
            ExceptionInInitializerError e = null;
            try {
                stuck.join();
            } catch (ExceptionInInitializerError thrown) {
                e = thrown;
            }
            assertTrue(e != null && e.getCause() instanceof Cancelled, () -> "ended as " + stuck.outcome());
            assertEquals("alive", group.spawn(() -> "alive").join(Duration.ofSeconds(10)));
        }
    }

    static final class WaitsForAnotherInItsInitialiser {
        static final int ONE = waitForAnother();

        private WaitsForAnotherInItsInitialiser() {}
    }
}
