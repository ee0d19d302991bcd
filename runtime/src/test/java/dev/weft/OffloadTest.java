package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class OffloadTest {
    private static final Duration MILLI = Duration.ofMillis(1);
    private static final ScopedValue<String> USER = ScopedValue.newInstance();
    private final Recorder happened = new Recorder();

    /** A call that does not listen to interrupts. */
    static void deafUntil(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aCancelledCallerInterruptsTheCallAndWaitsUntilItHasComeBack() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch began = new CountDownLatch(1);
            Greenlet<?> caller = group.spawn(() -> {
                try {
                    Weft.offload(() -> {
                        began.countDown();
                        try {
                            new CountDownLatch(1).await();
                        } finally {
                            happened.add("call has come back");
                        }
                        return null;
                    });
                } finally {
                    happened.add("caller leaves");
                }
            });
            began.await();
            caller.kill();
            Cancelled e = assertThrows(Cancelled.class, caller::join);
            assertTrue(e.getSuppressed()[0] instanceof InterruptedException, () -> String.valueOf(e));
            happened.assertHappened("call has come back", "caller leaves");
        }
    }

    @Test
    void aDeafCallIsWaitedForAndItsResultIsKept() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Greenlet<?> caller = group.spawn(() -> {
                happened.add(Weft.offload(() -> {
                    began.countDown();
                    deafUntil(go);
                    return "result";
                }));
                Weft.yieldNow();
            });
            began.await();
            assertFalse(caller.killAndJoin(MILLI));
            go.countDown();
            assertThrows(Cancelled.class, caller::join);
            happened.assertHappened("result");
        }
    }

    @Test
    void onlyWhoSaysThatItMayAbandonTheWorkLeavesAtOnce() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch ended = new CountDownLatch(1);
            Greenlet<?> caller = group.spawn(() -> Offload.abandoning().call(() -> {
                began.countDown();
                deafUntil(go);
                ended.countDown();
                return null;
            }));
            began.await();
            caller.kill();
            assertThrows(Cancelled.class, caller::join);
            assertEquals(1, ended.getCount());
            go.countDown();
            ended.await();
        }
    }

    @Test
    void aCallThatMustNotBeInterruptedIsNotAndItsResultIsKept() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Greenlet<?> caller = group.spawn(() -> {
                happened.add(Offload.uninterrupted().call(() -> {
                    began.countDown();
                    go.await(); // throws if it is interrupted
                    return "result";
                }));
                Weft.yieldNow();
            });
            began.await();
            assertFalse(caller.killAndJoin(MILLI));
            go.countDown();
            assertThrows(Cancelled.class, caller::join);
            happened.assertHappened("result");
        }
    }

    @Test
    void aTimeLimitInterruptsTheCall() {
        try (LoopGroup group = LoopGroup.open()) {
            Greenlet<?> caller = group.spawn(() -> Weft.offload(
                    () -> {
                        new CountDownLatch(1).await();
                        return null;
                    },
                    MILLI));
            assertThrows(DeadlineExceeded.class, caller::join);
        }
    }

    @Test
    void aFailureOfTheCallIsThrownAsItIs() {
        try (LoopGroup group = LoopGroup.open()) {
            IOException failure = new IOException("broken");
            Greenlet<?> caller = group.spawn(() -> Weft.offload(() -> {
                throw failure;
            }));
            assertSame(failure, assertThrows(IOException.class, () -> caller.join(IOException.class)));
        }
    }

    @Test
    void theInterruptOfOneCallNeverHitsTheNextOfItsThread() {
        callWhileAnotherLoopDropsCalls();
    }

    /** With a queue that has locks, a loop that clears out comes to stand behind its own greenlet within some 100 rounds. */
    @Test
    @Tag("long")
    @Timeout(300)
    void aLoopThatClearsOutDroppedCallsWaitsForNoLock() {
        for (int round = 0; round < 500; round++) {
            callWhileAnotherLoopDropsCalls();
        }
    }

    private static void callWhileAnotherLoopDropsCalls() {
        try (LoopGroup group = LoopGroup.builder().loops(2).offloadThreads(1).open()) {
            AtomicBoolean over = new AtomicBoolean();
            Greenlet<?> killer = group.loops().get(0).spawn(() -> {
                while (!over.get()) {
                    Greenlet<?> killed = Weft.spawn(() -> Weft.offload(() -> {}));
                    for (int i = 0; i < 10; i++) {
                        Weft.yieldNow();
                    }
                    killed.kill();
                }
            });
            Greenlet<?> next = group.loops().get(1).spawn(() -> {
                for (int i = 0; i < 5000; i++) {
                    assertFalse(Weft.offload(() -> {
                        boolean interrupted = false;
                        for (int spin = 0; spin < 100; spin++) {
                            interrupted |= Thread.currentThread().isInterrupted();
                        }
                        return interrupted;
                    }));
                }
            });
            try {
                next.join();
            } finally {
                over.set(true);
            }
            killer.join();
        }
    }

    @Test
    void callsBeyondTheBoundWaitInTheOrderOfAskingAndDroppedOnesNeverRun() throws Exception {
        try (LoopGroup group = LoopGroup.builder().offloadThreads(1).open()) {
            CountDownLatch go = new CountDownLatch(1);
            List<Greenlet<?>> callers = new ArrayList<>();
            callers.add(group.spawn(() -> Weft.offload(() -> {
                go.await();
                return null;
            })));
            for (int i = 0; i < 5; i++) {
                int number = i;
                callers.add(group.spawn(() -> Weft.offload(() -> {
                    happened.add(number);
                    return null;
                })));
            }
            Greenlet<?> killed = callers.remove(3);
            group.spawn(() -> killed.killAndJoin(Duration.ofSeconds(10))).join();
            assertSame(Greenlet.State.CANCELLED, killed.state());
            go.countDown();
            for (Greenlet<?> caller : callers) {
                caller.join();
            }
            happened.assertHappened(0, 1, 3, 4);
        }
    }

    @Test
    void aLimitBoundsCallsOfItsKindUntilTheyHaveReallyEnded() throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            Offload limited = Offload.abandoning().limit(new Semaphore(2, true));
            AtomicInteger running = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            CountDownLatch go = new CountDownLatch(1);
            CountDownLatch began = new CountDownLatch(2);
            List<Greenlet<?>> callers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                callers.add(group.spawn(() -> limited.call(() -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    began.countDown();
                    deafUntil(go);
                    running.decrementAndGet();
                    return null;
                })));
            }
            began.await();
            for (Greenlet<?> caller : callers.subList(0, 6)) { // some abandon a call, some wait for a permit
                caller.killAndJoin(Duration.ofSeconds(10));
            }
            assertEquals(2, running.get());
            go.countDown();
            for (Greenlet<?> caller : callers.subList(6, 10)) {
                caller.join();
            }
            assertEquals(2, most.get());
        }
    }

    @Test
    void theCallersScopedValuesAndDeadlineGoAlong() {
        try (LoopGroup group = LoopGroup.open()) {
            group.spawn(() -> ScopedValue.where(USER, "ada").call(() -> {
                        assertEquals("ada", Weft.offload(() -> USER.get()));
                        assertEquals("ada", Weft.compute(() -> USER.get()));
                        assertEquals("ada", Weft.offload(() -> Weft.fromThread(() -> USER.get())));
                        assertEquals(Optional.empty(), Weft.offload(() -> Weft.effectiveDeadline()));
                        Duration left = Weft.withTimeout(
                                Duration.ofHours(1),
                                () -> Weft.offload(
                                        () -> Weft.effectiveDeadline().orElseThrow()));
                        assertTrue(left.compareTo(Duration.ofHours(1)) <= 0 && left.toMinutes() > 50, left::toString);
                        return null;
                    }))
                    .join();
            assertEquals(false, group.spawn(() -> Weft.offload(USER::isBound)).join());
        }
    }

    @Test
    void aLongCallSeesThatItsCallerWasCancelled() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch began = new CountDownLatch(1);
            Greenlet<?> caller = group.spawn(() -> Weft.compute(() -> {
                began.countDown();
                while (true) {
                    Weft.checkCancelled();
                    Thread.onSpinWait();
                }
            }));
            began.await();
            caller.kill();
            assertThrows(Cancelled.class, caller::join);
        }
    }

    @Test
    void checkCancelledInAGreenletThrowsAndNeverYields() {
        Weft.run(() -> {
            Weft.checkCancelled();
            Greenlet<?> killed = Weft.spawn(() -> {
                Greenlet.current().kill();
                Weft.checkCancelled();
            });
            assertThrows(Cancelled.class, killed::join);
        });
    }

    @Test
    void computingHasAPoolOfItsOwn() {
        try (LoopGroup group = LoopGroup.open()) {
            Greenlet<?> caller = group.spawn(() -> {
                String name = Weft.compute(() -> Thread.currentThread().getName());
                assertTrue(name.startsWith("weft-compute-"), name);
                assertNotSame(name, Weft.offload(() -> Thread.currentThread().getName()));
            });
            caller.join();
        }
    }
}
