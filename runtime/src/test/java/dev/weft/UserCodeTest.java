package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import dev.weft.spi.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A loop goes on whatever a handler, a listener or a callback does: takes locks, waits, never ends, fails. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class UserCodeTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final ReentrantLock lock = new ReentrantLock();

    /** What makes a loop call some code of a user's, which runs {@code body}. */
    private interface Provocation {
        void provoke(Loop loop);
    }

    /** Runs {@code body} wherever the loops of a group call it. */
    private LoopGroup open(Runnable body) {
        return LoopGroup.builder()
                .uncaughtHandler((greenlet, failure) -> body.run())
                .listener(new LoopListener() {
                    @Override
                    public void onEnd(Loop loop, Greenlet<?> greenlet) {
                        if (greenlet.name().equals("heard by the listener")) {
                            body.run();
                        }
                    }
                })
                .open();
    }

    private static List<Provocation> provocations(Runnable body) {
        return List.of(
                loop -> loop.spawn(() -> {
                    throw new IllegalStateException("nobody waits for this");
                }),
                loop -> loop.spawn("heard by the listener", () -> {}),
                loop -> loop.spawn(() -> {}).onEnd(ended -> body.run()),
                loop -> loop.execute(body),
                loop -> {
                    CompletableFuture<String> gate = new CompletableFuture<>();
                    loop.spawn(() -> Weft.await(gate)).toFuture().thenRun(body);
                    gate.complete("open");
                });
    }

    /** A lock that a third thread gives back to a greenlet of the loop, behind which the loop's own thread must not stand. */
    @Test
    void codeThatTakesALockDoesNotStandInLineBehindAGreenletOfItsLoop() throws Exception {
        for (int i = 0; i < provocations(() -> {}).size(); i++) {
            CountDownLatch called = new CountDownLatch(1);
            Runnable body = () -> {
                takeAndGiveBack();
                called.countDown();
            };
            try (LoopGroup group = open(body)) {
                Loop loop = group.next();
                lock.lockInterruptibly();
                Greenlet<?> next = loop.spawn(this::takeAndGiveBack);
                untilQueued(next.thread());
                provocations(body).get(i).provoke(loop);
                assertEquals("others run", loop.spawn(() -> "others run").join());
                lock.unlock();
                called.await();
                next.join();
            }
        }
    }

    private void takeAndGiveBack() {
        lock.lock();
        try {
            assertTrue(lock.isHeldByCurrentThread());
        } finally {
            lock.unlock();
        }
    }

    private void untilQueued(Thread thread) {
        while (!lock.hasQueuedThread(thread)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void codeThatWaitsForAnHourHarmsNobodyAndIsKilledWithItsLoop() throws Exception {
        for (int i = 0; i < provocations(() -> {}).size(); i++) {
            CountDownLatch called = new CountDownLatch(1);
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Runnable body = () -> {
                called.countDown();
                try {
                    Weft.sleep(HOUR);
                } catch (Cancelled e) {
                    thrown.complete(e);
                    throw e;
                }
            };
            try (LoopGroup group = open(body)) {
                provocations(body).get(i).provoke(group.next());
                called.await();
                CompletableFuture<String> other = new CompletableFuture<>();
                group.next().spawn(() -> {}).onEnd(ended -> other.complete("told"));
                assertEquals("told", other.get(20, TimeUnit.SECONDS));
            }
            assertTrue(thrown.get().toString().contains("closing"), String.valueOf(thrown.get()));
        }
    }

    @Test
    void callbacksRunOnceInTheirOrderAndSeeTheirLoop() throws Exception {
        List<Integer> seen = new ArrayList<>();
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            CountDownLatch last = new CountDownLatch(1);
            for (int i = 0; i < 10_000; i++) {
                int number = i;
                loop.execute(() -> {
                    assertTrue(Suspension.isOn(loop));
                    if (number % 1000 == 17) {
                        Weft.yieldNow(); // the ones after it go before what follows
                    }
                    seen.add(number);
                });
            }
            loop.execute(last::countDown);
            last.await();
        }
        assertEquals(10_000, seen.size());
        List<Integer> inOrder = seen.stream().filter(n -> n % 1000 != 17).toList();
        assertEquals(inOrder.stream().sorted().toList(), inOrder);
    }

    @Test
    void anInterruptThatACallbackLeavesIsNotTheNextOnes() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
            group.next()
                    .call(
                            () -> { // both are queued, and made by one greenlet
                                group.next()
                                        .execute(() -> Thread.currentThread().interrupt());
                                group.next()
                                        .execute(() -> interrupted.complete(
                                                Thread.currentThread().isInterrupted()));
                            });
            assertFalse(interrupted.get());
        }
    }

    @Test
    void aHandlerIsCalledForOneFailureAfterTheOther() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<String> names = new ArrayList<>();
        CountDownLatch all = new CountDownLatch(100);
        try (LoopGroup group = LoopGroup.builder()
                .uncaughtHandler((greenlet, failure) -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    names.add(greenlet.name());
                    Weft.yieldNow();
                    inside.decrementAndGet();
                    all.countDown();
                })
                .open()) {
            for (int i = 0; i < 100; i++) {
                group.next().spawn("g" + i, () -> {
                    throw new IllegalStateException("nobody waits for this");
                });
            }
            all.await();
        }
        assertEquals(1, most.get());
        for (int i = 0; i < 100; i++) {
            assertEquals("g" + i, names.get(i));
        }
    }

    @Test
    void failuresBehindAHandlerThatHangsAreBoundedAndGoToTheLog() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            CountDownLatch called = new CountDownLatch(1);
            AtomicInteger calls = new AtomicInteger();
            try (LoopGroup group = LoopGroup.builder()
                    .uncaughtHandler((greenlet, failure) -> {
                        calls.incrementAndGet();
                        called.countDown();
                        Weft.sleep(HOUR);
                    })
                    .open()) {
                group.next().spawn(() -> {
                    throw new IllegalStateException("the first");
                });
                called.await();
                group.next()
                        .spawn(() -> {
                            for (int i = 0; i < 10_001; i++) {
                                Weft.spawn("number " + i, () -> {
                                    throw new UnsupportedOperationException("one too many");
                                });
                            }
                        })
                        .join();
                assertEquals("alive", group.next().spawn(() -> "alive").join());
            }
            assertEquals(1, calls.get());
            assertTrue(log.lines.stream().anyMatch(m -> m.contains("number 10000")), "the one beyond the bound");
            assertTrue(log.lines.stream().anyMatch(m -> m.contains("number 0")), "told at the close");
        }
    }

    @Test
    void whoJoinsInTheTurnOfTheFailureHasHeardOfIt() {
        List<Throwable> reported = new ArrayList<>();
        try (var stepped = dev.weft.testing.SteppedLoop.open((greenlet, failure) -> reported.add(failure))) {
            Greenlet<?> failing = stepped.spawn(() -> {
                throw new IllegalStateException("heard");
            });
            stepped.turn();
            assertTrue(failing.state().isDone());
            assertThrows(IllegalStateException.class, failing::join);
            stepped.runUntilIdle();
            assertEquals(List.of(), reported);
        }
    }

    @Test
    void whatCallsUsersIsNoGreenletOfTheirs() {
        List<String> told = new ArrayList<>();
        LoopListener listener = new LoopListener() {
            @Override
            public void onSpawn(Loop loop, Greenlet<?> greenlet) {
                told.add("spawn " + greenlet.name());
            }

            @Override
            public void onEnd(Loop loop, Greenlet<?> greenlet) {
                told.add("end " + greenlet.name());
            }
        };
        try (LoopGroup group = LoopGroup.builder().listener(listener).open()) {
            group.next().spawn("theirs", () -> {}).join();
            assertEquals(1, group.next().statistics().spawned());
        }
        assertEquals(List.of("spawn theirs", "end theirs"), told);
    }

    @Test
    void aFailureWhoseTextCannotBeHadHarmsNobody() {
        RuntimeException shy = new RuntimeException() {
            private static final long serialVersionUID = 1L;

            @Override
            public String getMessage() {
                throw new UnsupportedOperationException("no message");
            }

            @Override
            public synchronized Throwable getCause() {
                throw new UnsupportedOperationException("no cause");
            }
        };
        try (LoopGroup group = LoopGroup.open()) {
            Greenlet<?> scope = group.spawn(() -> Weft.scope(s -> {
                s.spawn(() -> {
                    throw shy;
                });
                Weft.sleep(HOUR);
            }));
            assertEquals(shy, assertThrows(RuntimeException.class, scope::join));
            Greenlet<?> killed = group.spawn(() -> {
                try {
                    Weft.sleep(HOUR);
                } catch (Cancelled e) {
                    throw shy;
                }
            });
            while (killed.state() != Greenlet.State.WAITING) {
                Thread.onSpinWait();
            }
            assertTrue(killed.killAndJoin(HOUR));
            assertFalse(group.loops().get(0).greenlets().contains(killed));
        }
    }
}
