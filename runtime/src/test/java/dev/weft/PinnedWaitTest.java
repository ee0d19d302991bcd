package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Waits where the stack cannot be set aside, and waits that only look like them. */
@ExtendWith(NoGreenletLeaks.class)
class PinnedWaitTest {
    @Test
    void aWaitInAClassInitialiserEndsAndIsReported() throws Exception {
        BlockingQueue<String> pinned = new LinkedBlockingQueue<>();
        try (LoopGroup group = LoopGroup.builder()
                .listener(new LoopListener() {
                    @Override
                    public void onPinned(Loop loop, Greenlet<?> greenlet) {
                        pinned.add(greenlet.name());
                    }
                })
                .open()) {
            assertEquals(
                    5,
                    group.next()
                            .spawn("initialiser", () -> WaitsInItsInitialiser.VALUE)
                            .join());
            assertEquals("initialiser", pinned.take());
            assertTrue(pinned.isEmpty(), pinned::toString);
            assertEquals(1, group.next().statistics().pinned());
        }
    }

    static final class WaitsInItsInitialiser {
        static final int VALUE;

        static {
            Weft.sleep(Duration.ofMillis(3));
            VALUE = 5;
        }

        private WaitsInItsInitialiser() {}
    }

    @Test
    @SuppressWarnings("restricted") // a native frame is what this is about
    void aWaitBelowANativeFrameEndsWhenAnotherThreadSeesToIt() throws Throwable {
        try (LoopGroup group = LoopGroup.open();
                Arena arena = Arena.ofShared()) {
            CountDownLatch inComparator = new CountDownLatch(1);
            java.util.concurrent.CompletableFuture<Integer> answer = new java.util.concurrent.CompletableFuture<>();
            MethodHandle compare = MethodHandles.insertArguments(
                    MethodHandles.lookup()
                            .findStatic(
                                    PinnedWaitTest.class,
                                    "compare",
                                    MethodType.methodType(
                                            int.class,
                                            CountDownLatch.class,
                                            java.util.concurrent.CompletableFuture.class,
                                            MemorySegment.class,
                                            MemorySegment.class)),
                    0,
                    inComparator,
                    answer);
            Linker linker = Linker.nativeLinker();
            MemorySegment comparator = linker.upcallStub(
                    compare,
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                    arena);
            MethodHandle sort = linker.downcallHandle(
                    linker.defaultLookup().find("qsort").orElseThrow(),
                    FunctionDescriptor.ofVoid(
                            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
            MemorySegment two = arena.allocateFrom(ValueLayout.JAVA_INT, 2, 1);
            Greenlet<String> greenlet = group.spawn(() -> {
                try {
                    sort.invokeExact(two, 2L, 4L, comparator);
                } catch (Throwable t) {
                    throw new AssertionError(t);
                }
                return "sorted";
            });
            inComparator.await();
            while (answer.getNumberOfDependents() == 0) {
                Thread.onSpinWait();
            }
            answer.complete(1);
            assertEquals("sorted", greenlet.join());
            assertEquals(1, group.next().statistics().pinned());
        }
    }

    @SuppressWarnings("unused") // called through qsort
    private static int compare(
            CountDownLatch here,
            java.util.concurrent.CompletableFuture<Integer> answer,
            MemorySegment left,
            MemorySegment right) {
        here.countDown();
        return Weft.await(answer);
    }

    @Test
    void leftOverPermitsAreNotMistakenForAPinnedStack() {
        Weft.run(() -> {
            Thread self = Thread.currentThread();
            for (int i = 0; i < 1000; i++) {
                LockSupport.unpark(self);
                Weft.sleep(Duration.ofNanos(1));
            }
            assertEquals(0, Loop.current().statistics().pinned());
        });
    }

    @Test
    void permitsThatPourInFromAnotherThreadAreNotMistakenForAPinnedStack() throws Exception {
        AtomicReference<@Nullable Thread> target = new AtomicReference<>();
        Thread pouring = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.unpark(target.get());
            }
        });
        pouring.start();
        Weft.run(() -> {
            target.set(Thread.currentThread());
            for (int i = 0; i < 300; i++) {
                Weft.sleep(Duration.ofMillis(1));
            }
            assertEquals(0, Loop.current().statistics().pinned());
        });
        pouring.interrupt();
        pouring.join();
    }

    @Test
    void aStackTooDeepToBeSetAsideFailsItsGreenletAloneAndItCanWaitAgain() throws Exception {
        ChildJvm.Result result =
                ChildJvm.run(ParksTooDeep.class, ChildJvm.FLAG, "-XX:+UseG1GC", "-XX:G1HeapRegionSize=1m");
        assertEquals(
                "StackOverflowError, then waited, timers 0", result.output().strip());
    }

    /** Waits below more frames than G1 with small regions can set aside, and then below few. */
    static final class ParksTooDeep {
        public static void main(String[] args) {
            try (LoopGroup group = LoopGroup.builder().stackSize(256L << 20).open()) {
                System.out.println(group.spawn(() -> {
                            String first = "none";
                            try {
                                dive(100_000);
                            } catch (StackOverflowError e) {
                                first = e.getClass().getSimpleName();
                            }
                            Weft.sleep(Duration.ofMillis(1));
                            return first + ", then waited, timers "
                                    + Loop.current().statistics().timers();
                        })
                        .join());
            }
        }
    }

    private static int dive(int depth) {
        if (depth == 0) {
            Weft.sleep(Duration.ofMillis(1));
            return 0;
        }
        return dive(depth - 1) + 1;
    }
}
