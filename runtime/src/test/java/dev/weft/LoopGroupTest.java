package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.kernel.EventLoop;
import dev.weft.spi.Poller;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
class LoopGroupTest {

    @Test
    void runGivesTheResultOrTheFailureOfItsBody() {
        int result = Weft.run(() -> 42);
        assertEquals(42, result);
        IOException failure = new IOException("broken");
        IOException thrown = assertThrows(
                IOException.class,
                () -> Weft.run(() -> {
                    throw failure;
                }));
        assertSame(failure, thrown);
    }

    @Test
    void runOpensAsManyLoopsAsItIsAskedFor() throws IOException {
        List<Loop> loops = Weft.run(2, () -> {
            List<Loop> all = Loop.current().group().loops();
            for (Loop loop : all) {
                assertSame(loop, loop.spawn(Loop::current).join());
            }
            return all;
        });
        assertEquals(2, loops.size());
        for (Loop loop : loops) {
            assertThrows(RejectedExecutionException.class, () -> loop.spawn(() -> "late"));
        }
        assertThrows(IOException.class, () -> Weft.run(2, LoopGroupTest::failing));
        assertThrows(IllegalArgumentException.class, () -> Weft.run(0, () -> 42));
    }

    private static void failing() throws IOException {
        throw new IOException("broken");
    }

    @Test
    void runKillsWhatIsLeftWhenItsBodyEnds() {
        AtomicBoolean cleaned = new AtomicBoolean();
        Weft.run(() -> {
            Weft.spawn(() -> {
                try {
                    Weft.sleep(Duration.ofHours(1));
                } finally {
                    cleaned.set(true);
                }
            });
            Weft.yieldNow();
        });
        assertTrue(cleaned.get());
    }

    @Test
    void runInsideALoopIsAnErrorThatNamesTheCure() {
        IllegalStateException e =
                assertThrows(IllegalStateException.class, () -> Weft.run(() -> Weft.run(() -> "nested")));
        assertTrue(e.toString().contains("Weft.spawn(body).join()"), e.toString());
    }

    /** Its idle check asks the group for the others, as soon as it has a thread. */
    @Test
    void aLoopSeesItsWholeGroupFromItsFirstPollOn() {
        Queue<Object> seen = new ConcurrentLinkedQueue<>();
        try (LoopGroup group = LoopGroup.builder()
                .loops(8)
                .poller(() -> new FirstPollAction(() -> seen.add(groupOfThisThread())))
                .open()) {
            group.loops().forEach(loop -> loop.spawn(() -> 1).join());
            assertEquals(Collections.nCopies(8, 8), List.copyOf(seen));
        }
    }

    @Test
    void aGroupWhoseSecondLoopCannotBeMadeLeavesNothingOfTheFirst() {
        List<FirstPollAction> opened = new ArrayList<>();
        IllegalStateException full = new IllegalStateException("no second poller");
        LoopGroup.Builder builder = LoopGroup.builder().loops(2).poller(() -> {
            if (!opened.isEmpty()) {
                throw full;
            }
            opened.add(new FirstPollAction(() -> {}));
            return opened.get(0);
        });
        assertSame(full, assertThrows(IllegalStateException.class, builder::open));
        assertTrue(opened.get(0).closed, "the first loop's poller");
    }

    private static Object groupOfThisThread() {
        try {
            return Objects.requireNonNull(EventLoop.currentOrNull())
                    .owner
                    .handle()
                    .group()
                    .loops()
                    .size();
        } catch (RuntimeException e) {
            return e;
        }
    }

    /** Parks, after {@code action} has run once. */
    private static final class FirstPollAction implements Poller {
        private final Runnable action;
        private volatile Thread poller = Thread.currentThread();
        private boolean done;
        private boolean closed;

        FirstPollAction(Runnable action) {
            this.action = action;
        }

        @Override
        public int poll(long timeoutNanos) {
            poller = Thread.currentThread();
            if (!done) {
                done = true;
                action.run();
            }
            LockSupport.parkNanos(this, Math.min(timeoutNanos, 1_000_000));
            return 0;
        }

        @Override
        public void wakeup() {
            LockSupport.unpark(poller);
        }

        @Override
        public boolean hasSources() {
            return true; // so that it is polled from the first turn on
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void manyGroupsLiveSideBySideAndShareNothing() {
        try (LoopGroup one = LoopGroup.builder().name("one").loops(2).open();
                LoopGroup two = LoopGroup.builder().name("two").open()) {
            assertEquals(
                    List.of("one-0", "one-1"),
                    one.loops().stream().map(Loop::name).toList());
            assertEquals(
                    "two-0",
                    two.spawn(() -> Thread.currentThread().isVirtual()
                                    ? Loop.current().name()
                                    : "")
                            .join());
            assertNotSame(one.next(), one.next());
            assertSame(one, one.next().group());
            assertSame(two.next(), two.next());
        }
    }

    @Test
    void loopsAreOpenedAndClosedOverAndOver() {
        for (int i = 0; i < 50; i++) {
            int number = i;
            try (LoopGroup group = LoopGroup.open(2)) {
                assertEquals(number, group.spawn(() -> number).join());
            }
        }
    }

    @Test
    void aClosedLoopTakesNothing() {
        LoopGroup group = LoopGroup.open();
        Loop loop = group.next();
        group.close();
        group.close();
        assertThrows(RejectedExecutionException.class, () -> loop.spawn(() -> {}));
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
        assertThrows(
                RejectedExecutionException.class,
                () -> loop.threadFactory().newThread(() -> {}).start());
        assertEquals(0, loop.greenlets().size());
    }

    @Test
    void closingKillsEveryGreenletWhateverItWaitsFor() throws Exception {
        CountDownLatch waiting = new CountDownLatch(3);
        CountDownLatch never = new CountDownLatch(1);
        LoopGroup group = LoopGroup.open(2);
        Greenlet<?> sleeping = group.spawn(() -> {
            waiting.countDown();
            Weft.sleep(Duration.ofHours(1));
        });
        Greenlet<?> parkedInTheJdk = group.spawn(() -> {
            waiting.countDown();
            never.await();
        });
        Greenlet<?> joining = group.spawn(() -> {
            waiting.countDown();
            sleeping.join();
        });
        waiting.await();
        group.close();
        assertSame(Greenlet.State.CANCELLED, sleeping.state());
        assertThrows(Cancelled.class, parkedInTheJdk::join);
        assertThrows(Cancelled.class, joining::join);
    }

    @Test
    void aGreenletCanCloseItsOwnGroup() {
        LoopGroup group = LoopGroup.open();
        Greenlet<?> closer = group.spawn(() -> {
            group.close();
            Weft.sleep(Duration.ofHours(1));
        });
        assertThrows(Cancelled.class, closer::join);
        group.close();
    }

    @Test
    void aGreenletThatHoldsItsLoopIsInterruptedAtTheEndOfTheGrace() throws Exception {
        LoopGroup group = LoopGroup.open();
        CountDownLatch holding = new CountDownLatch(1);
        Greenlet<?> hog = group.spawn(() -> {
            holding.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
        });
        holding.await();
        group.close(Duration.ofMillis(20));
        assertTrue(hog.state().isDone());
    }

    @Test
    void spawningWhileClosingEndsEitherWay() throws Exception {
        for (int round = 0; round < 200; round++) {
            LoopGroup group = LoopGroup.open();
            Loop loop = group.next();
            Thread spawner = new Thread(() -> {
                try {
                    while (true) {
                        Greenlet<Integer> greenlet = loop.spawn(() -> 1);
                        try {
                            assertEquals(1, greenlet.join(Duration.ofSeconds(20)));
                        } catch (Cancelled killed) {
                            // The close came between.
                        }
                    }
                } catch (RejectedExecutionException closed) {
                    // As it should be.
                }
            });
            spawner.start();
            group.close();
            spawner.join(20_000);
            assertFalse(spawner.isAlive(), "round " + round);
        }
    }

    @Test
    void theExecutorRunsEveryTaskAsAGreenlet() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            try (ExecutorService executor = loop.executor()) {
                assertSame(loop, executor.submit(Loop::current).get());
                assertEquals(
                        List.of(1, 2),
                        executor.invokeAll(List.of(() -> 1, () -> 2)).stream()
                                .map(future -> future.resultNow())
                                .toList());
            }
            assertEquals("open", loop.spawn(() -> "open").join());
        }
    }

    @Test
    void cancellingATaskOfTheExecutorEndsItsWait() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch waiting = new CountDownLatch(1);
            CountDownLatch ended = new CountDownLatch(1);
            ExecutorService executor = group.next().executor();
            var future = executor.submit(() -> {
                waiting.countDown();
                try {
                    Weft.sleep(Duration.ofHours(1));
                } finally {
                    ended.countDown();
                }
            });
            waiting.await();
            future.cancel(true);
            ended.await();
            executor.close();
        }
    }

    @Test
    void withoutTheFlagTheErrorHasThreeLinesThatSayWhatToDo() throws Exception {
        ChildJvm.Result result = ChildJvm.run(OpensALoop.class);
        assertEquals(1, result.exitCode(), result.output());
        assertEquals(3, result.lines().size(), result.output());
        assertTrue(result.lines().get(0).contains("--add-opens java.base/java.lang=ALL-UNNAMED"), result.output());
        assertTrue(result.lines().get(1).contains("Add-Opens: java.base/java.lang"), result.output());
        assertTrue(result.lines().get(2).contains("Surefire"), result.output());
        assertEquals(0, ChildJvm.run(OpensALoop.class, ChildJvm.FLAG).exitCode());
    }

    /** What a program does with the error is its own affair; this one prints it. */
    static final class OpensALoop {
        public static void main(String[] args) {
            try {
                Weft.run(() -> {});
            } catch (MissingFlag e) {
                System.err.println(e.getMessage());
                System.exit(1);
            }
        }
    }
}
