package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
class KillTest {
    private final Recorder happened = new Recorder();

    @Test
    void killedWhileWaitingItThrowsThereAndRunsFinally() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> victim = stepped.spawn(() -> {
                try {
                    Weft.sleep(Duration.ofHours(1));
                } finally {
                    happened.add("finally");
                }
            });
            stepped.runUntilIdle();
            victim.kill("no longer wanted");
            stepped.runUntilIdle();
            Cancelled e = assertThrows(Cancelled.class, victim::join);
            assertTrue(e.toString().contains("no longer wanted"), e.toString());
            assertSame(Greenlet.State.CANCELLED, victim.state());
            assertEquals(0, stepped.loop().statistics().timers());
        }
        happened.assertHappened("finally");
    }

    @Test
    void killedBeforeItRanItNeverRunsAndItsJoinersAreWoken() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Greenlet<?> victim = Weft.spawn(() -> happened.add("ran"));
                Greenlet<?> joiner = Weft.spawn(() -> {
                    assertThrows(Cancelled.class, victim::join);
                    happened.add("joiner woken");
                });
                victim.kill();
                joiner.join();
                assertSame(Greenlet.State.CANCELLED, victim.state());
                return null;
            });
        }
        happened.assertHappened("joiner woken");
    }

    @Test
    void aThreadOfTheFactoryIsAGreenletFromItsStartToItsEnd() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            CompletableFuture<Greenlet<?>> self = new CompletableFuture<>();
            Thread thread = loop.threadFactory().newThread(() -> self.complete(Greenlet.current()));
            assertEquals(0, loop.greenlets().size());
            thread.start();
            assertSame(thread, self.join().thread());
            thread.join();
            self.join().join();
            assertEquals(0, loop.greenlets().size());
        }
    }

    @Test
    void aKilledOneIsThrownAtInEveryFurtherWait() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> victim = stepped.spawn(() -> {
                for (int i = 0; i < 3; i++) {
                    try {
                        Weft.sleep(Duration.ofHours(1));
                    } catch (Cancelled e) {
                        happened.add("thrown");
                    }
                }
            });
            stepped.runUntilIdle();
            victim.kill();
            stepped.advance(Duration.ofSeconds(5));
            assertSame(Greenlet.State.RETURNED, victim.state());
        }
        happened.assertHappened("thrown", "thrown", "thrown");
    }

    @Test
    void oneThatSwallowsEveryKillLeavesTheLoopToOthersAndIsGivenUpAtTheEnd() {
        AtomicInteger swallowed = new AtomicInteger();
        LoopGroup group = LoopGroup.open();
        Greenlet<?> deaf = group.spawn(() -> {
            while (true) {
                try {
                    Weft.sleep(Duration.ofHours(1));
                } catch (Cancelled e) {
                    swallowed.incrementAndGet();
                }
            }
        });
        group.spawn(() -> Weft.yieldNow()).join();
        deaf.kill();
        for (int i = 0; i < 100; i++) {
            group.spawn(() -> Weft.yieldNow()).join();
        }
        group.close(Duration.ofMillis(50));
        assertThrows(Cancelled.class, deaf::join);
        assertTrue(swallowed.get() < 100, "spun " + swallowed);
    }

    @Test
    void killingOneselfTakesEffectAtTheNextWait() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> victim = stepped.spawn(() -> {
                Greenlet.current().kill();
                happened.add("goes on");
                Weft.yieldNow();
                happened.add("never");
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, victim.state());
        }
        happened.assertHappened("goes on");
    }

    @Test
    void killingTwiceOrTheDeadDoesNothing() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<String> done = stepped.spawn(() -> "value");
            stepped.runUntilIdle();
            done.kill();
            done.kill();
            stepped.runUntilIdle();
            assertEquals("value", done.join());
            Greenlet<?> victim = stepped.spawn(() -> Weft.sleep(Duration.ofHours(1)));
            stepped.runUntilIdle();
            victim.kill("first");
            victim.kill("second");
            stepped.runUntilIdle();
            assertTrue(assertThrows(Cancelled.class, victim::join).toString().contains("first"));
        }
    }

    @Test
    void oneThatWaitsInsideTheJdkIsInterrupted() {
        try (LoopGroup group = LoopGroup.open()) {
            SynchronousQueue<String> queue = new SynchronousQueue<>();
            Greenlet<?> victim = group.spawn(queue::take);
            group.spawn(() -> {
                        while (victim.state() != Greenlet.State.WAITING) {
                            Weft.yieldNow();
                        }
                        victim.kill();
                    })
                    .join();
            assertThrows(Cancelled.class, () -> victim.join(Duration.ofSeconds(20)));
            assertSame(Greenlet.State.CANCELLED, victim.state());
        }
    }

    @Test
    void oneThatSwallowsTheInterruptInsideTheJdkIsInterruptedAgain() {
        try (LoopGroup group = LoopGroup.open()) {
            SynchronousQueue<String> queue = new SynchronousQueue<>();
            Greenlet<Integer> running = group.spawn(() -> {
                int swallowed = 0;
                while (swallowed < 3) {
                    try {
                        queue.take();
                    } catch (InterruptedException e) {
                        swallowed++;
                    }
                }
                return swallowed;
            });
            group.spawn(() -> {
                        while (running.state() != Greenlet.State.WAITING) {
                            Weft.yieldNow();
                        }
                        running.kill();
                    })
                    .join();
            assertEquals(3, running.join(Duration.ofSeconds(20)));
        }
    }

    @Test
    void interruptOfTheThreadEndsAWaitAndStays() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> victim = stepped.spawn(() -> {
                assertThrows(Cancelled.class, () -> Weft.sleep(Duration.ofHours(1)));
                happened.add("interrupted " + Thread.currentThread().isInterrupted());
                assertThrows(Cancelled.class, () -> Weft.sleep(Duration.ofHours(1)));
                Thread.interrupted();
                Weft.sleep(Duration.ofMillis(1));
                happened.add("cured");
            });
            stepped.runUntilIdle();
            victim.thread().interrupt();
            stepped.advance(Duration.ofSeconds(1));
            victim.join();
        }
        happened.assertHappened("interrupted true", "cured");
    }

    @Test
    void aWaitThatIsAlreadyOverIsNotUndoneByALaterKill() {
        SteppedLoop.underSeeds(200, stepped -> {
            Greenlet<String> source = stepped.spawn(() -> {
                Weft.sleep(Duration.ofSeconds(1));
                return "value";
            });
            Greenlet<String> victim = stepped.spawn(() -> {
                return source.join();
            });
            stepped.spawn(() -> {
                source.join();
                victim.kill();
            });
            stepped.advance(Duration.ofSeconds(1));
            // Either it was killed while it waited, or it got the value: never both, never neither.
            if (victim.state() == Greenlet.State.RETURNED) {
                assertEquals("value", victim.join());
            } else {
                assertThrows(Cancelled.class, victim::join);
            }
        });
    }
}
