package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Waiter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What runs out of memory fails, alone: each in a JVM of its own with a small heap, which is filled and then freed. */
@Timeout(120)
class OutOfMemoryTest {

    private static void assertSays(String expected, Class<?> main, String... flags) throws Exception {
        List<String> all = new ArrayList<>(List.of(flags));
        all.add(ChildJvm.FLAG);
        ChildJvm.Result result = ChildJvm.run(main, all.toArray(String[]::new));
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains(expected), result.output());
    }

    /** Fills the heap to the brim, and can let that go again. */
    private static final class Filling {
        private final byte[][] blocks = new byte[200_000][];
        private int used;

        /** Fills up with blocks of {@code bytes}, until {@code blocksLeft} of them would still go in. */
        Filling(int bytes, int blocksLeft) {
            Objects.requireNonNull(OutOfMemoryError.class, "once the heap is full nothing new can be looked up");
            fill(bytes);
            for (int i = 0; i < blocksLeft; i++) {
                blocks[--used] = null;
            }
        }

        /** Fills up what is left with blocks of {@code bytes}. */
        void fill(int bytes) {
            try {
                while (used < blocks.length) {
                    blocks[used] = new byte[bytes];
                    used++;
                }
            } catch (OutOfMemoryError full) {
                // That was what was wanted.
            }
        }

        void letGo() {
            Arrays.fill(blocks, null);
        }
    }

    @Test
    void outOfMemoryWhileSpawningIsTheSpawnersAndTheLoopLives() throws Exception {
        ChildJvm.Result result = ChildJvm.run(SpawnsUntilOutOfMemory.class, ChildJvm.FLAG, "-Xmx48m");
        assertEquals(0, result.exitCode(), result.output());
        assertTrue(result.output().contains("out of memory, alive, 42"), result.output());
    }

    /** Fills the heap, the last of it with greenlets; then lets the filling go, and looks whether they all run. */
    static final class SpawnsUntilOutOfMemory {
        public static void main(String[] args) {
            try (LoopGroup group = LoopGroup.open()) {
                System.out.println(group.spawn(SpawnsUntilOutOfMemory::fill).join());
            }
        }

        private static String fill() {
            byte[][] filling = new byte[480][];
            int[] ran = {0};
            int spawned = 0;
            String end = "never full";
            try {
                for (int i = 0; i < filling.length; i++) {
                    filling[i] = new byte[100_000];
                }
            } catch (OutOfMemoryError e) {
                Arrays.fill(filling, 0, 80, null); // room for some ten thousand
            }
            try {
                while (spawned < 1_000_000) {
                    Weft.spawn(() -> ran[0]++);
                    spawned++;
                }
            } catch (OutOfMemoryError e) {
                Arrays.fill(filling, null);
                end = "out of memory";
            }
            while (Loop.current().greenlets().size() > 1) {
                Weft.yieldNow();
            }
            return end + ", " + (ran[0] == spawned ? "alive" : ran[0] + " of " + spawned) + ", "
                    + Weft.spawn(() -> 42).join();
        }
    }

    @Test
    void outOfMemoryWhileParkingLeavesTheLoopAliveAndNobodyIsForgottenAtItsEnd() throws Exception {
        assertSays("alive, 0 of 2000 left", ParkWhileMemoryIsFull.class, "-Xmx32m");
    }

    /**
     * Two thousand stacks want to be set aside where there is room for some, until a thread makes more. The JDK may lose a
     * thread whose stack found no room; it is told to have ended when the group closes.
     */
    static final class ParkWhileMemoryIsFull {
        private static final int SLEEPERS = 2_000;
        private static final Duration SLEEP = Duration.ofSeconds(2);

        public static void main(String[] args) throws Exception {
            CompletableFuture<Filling> full = new CompletableFuture<>();
            Thread relief = Thread.ofPlatform().start(() -> {
                Filling filling = full.join();
                LockSupport.parkNanos(1_000_000_000);
                filling.letGo();
            });
            List<Greenlet<?>> sleepers = new ArrayList<>(SLEEPERS);
            LoopGroup group = LoopGroup.builder()
                    .uncaughtHandler((greenlet, failure) -> {})
                    .open();
            group.spawn(() -> {
                for (int i = 0; i < SLEEPERS; i++) {
                    sleepers.add(Weft.spawn(() -> deeper(200)));
                }
                full.complete(new Filling(10_000, 400)); // and now they begin
            });
            relief.join();
            String alive = group.spawn(() -> {
                        Weft.sleep(SLEEP);
                        return "alive";
                    })
                    .join();
            group.close(Duration.ofSeconds(1));
            System.out.println("slept " + count(sleepers, Greenlet.State.RETURNED) + ", had no room "
                    + count(sleepers, Greenlet.State.FAILED) + ", given up "
                    + count(sleepers, Greenlet.State.CANCELLED));
            long left = sleepers.stream()
                    .filter(greenlet -> !greenlet.state().isDone())
                    .count();
            System.out.println(alive + ", " + left + " of " + sleepers.size() + " left");
        }

        private static long count(List<Greenlet<?>> greenlets, Greenlet.State state) {
            return greenlets.stream()
                    .filter(greenlet -> greenlet.state() == state)
                    .count();
        }

        private static int deeper(int depth) {
            if (depth == 0) {
                Weft.sleep(SLEEP);
                return 0;
            }
            return deeper(depth - 1) + 1;
        }
    }

    @Test
    void outOfMemoryWhileSettingATimerIsOfTheOneWhoSetsItAndTheOthersFire() throws Exception {
        assertSays("out of memory, all fired, 0 timers, alive", SetsTimersUntilOutOfMemory.class, "-Xmx32m");
    }

    /** Sets timers of a millisecond each, so that the tables under them grow, until one cannot be set. */
    static final class SetsTimersUntilOutOfMemory {
        public static void main(String[] args) {
            try (LoopGroup group = LoopGroup.open()) {
                System.out.println(group.spawn(SetsTimersUntilOutOfMemory::fill).join());
            }
        }

        private static String fill() {
            List<Counting> all = new ArrayList<>(1_000_000);
            Filling filling = new Filling(10_000, 200);
            String end = "never full";
            try {
                for (int i = 0; i < 1_000_000; i++) {
                    Counting counting = new Counting();
                    Weft.timer(Duration.ofMillis(2_000 + i)).subscribe(counting);
                    all.add(counting);
                }
            } catch (OutOfMemoryError e) {
                filling.letGo();
                end = "out of memory";
            }
            long until =
                    System.nanoTime() + Duration.ofMillis(2_500 + all.size()).toNanos();
            while (Loop.current().statistics().timers() > 1 && System.nanoTime() < until) {
                Weft.sleep(Duration.ofMillis(50));
            }
            long late = all.stream().filter(counting -> counting.fired != 1).count();
            return end + ", " + (late == 0 ? "all fired, " : late + " of " + all.size() + " did not fire, ")
                    + Loop.current().statistics().timers() + " timers, "
                    + Weft.spawn(() -> "alive").join();
        }
    }

    private static final class Counting extends Waiter<@Nullable Void> {
        private int fired;

        @Override
        public void succeed(@Nullable Void nothing) {
            fired++;
        }

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void noDirectMemoryIsTheFailureOfTheOneWhoAsksForIt() throws Exception {
        assertSays("class java.lang.OutOfMemoryError", TakesAllDirectMemory.class, "-XX:MaxDirectMemorySize=1m");
    }

    /** One takes direct buffers until there are no more, while another goes on beside it. */
    static final class TakesAllDirectMemory {
        public static void main(String[] args) {
            try (LoopGroup group = LoopGroup.open()) {
                Greenlet<?> greedy = group.spawn(() -> {
                    List<ByteBuffer> taken = new ArrayList<>();
                    while (taken.size() < 1_000) {
                        taken.add(ByteBuffer.allocateDirect(50_000));
                        Weft.yieldNow();
                    }
                });
                Greenlet<Integer> other = group.spawn(() -> {
                    int steps = 0;
                    while (!greedy.state().isDone()) {
                        Weft.yieldNow();
                        steps++;
                    }
                    return steps;
                });
                other.join();
                System.out.println(
                        greedy.outcome() instanceof Outcome.Failed<?> failed
                                ? failed.failure().getClass()
                                : "no failure");
            }
        }
    }

    @Test
    void theResultOfAnOffloadedCallReachesItsGreenletAlthoughTheInboxCannotGrow() throws Exception {
        assertSays("inbox full, the result is 42", ComesBackWhileMemoryIsFull.class, "-Xmx32m", "-XX:+UseSerialGC");
    }

    /** A call comes back while its loop is held, the inbox is full, and there is no memory for more of it. */
    static final class ComesBackWhileMemoryIsFull {
        public static void main(String[] args) throws Exception {
            CompletableFuture<Thread> caller = new CompletableFuture<>();
            CountDownLatch callMayEnd = new CountDownLatch(1);
            CountDownLatch loopIsHeld = new CountDownLatch(1);
            CountDownLatch loopMayGoOn = new CountDownLatch(1);
            try (LoopGroup group = LoopGroup.builder().hogAfter(Duration.ZERO).open()) {
                Greenlet<Integer> waiting = group.spawn(() -> Weft.offload(() -> {
                    caller.complete(Thread.currentThread());
                    callMayEnd.await();
                    return 42;
                }));
                Thread thread = caller.join();
                Suspension.post(group.next(), () -> {
                    loopIsHeld.countDown();
                    OffloadTest.deafUntil(loopMayGoOn);
                });
                loopIsHeld.await();
                String end = fill(group.next(), callMayEnd, thread);
                loopMayGoOn.countDown();
                System.out.println(end + ", the result is " + waiting.join());
            }
        }

        private static String fill(Loop loop, CountDownLatch callMayEnd, Thread caller) {
            Runnable nothing = () -> {};
            Filling filling = new Filling(10_000, 0);
            filling.fill(1_000); // less than the inbox wants to grow by
            String end = "never full";
            try {
                for (int i = 0; i < 100_000; i++) {
                    Suspension.post(loop, nothing);
                }
            } catch (OutOfMemoryError full) {
                end = "inbox full";
            }
            callMayEnd.countDown();
            while (caller.getState() != Thread.State.TIMED_WAITING && caller.isAlive()) {
                Thread.onSpinWait();
            }
            filling.letGo();
            return end;
        }
    }
}
