package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.RETURNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;

/** Cancelling greenlets that wait inside code which knows nothing of Weft. */
class JdkWaitTest extends TaskFixture {
    private final SynchronousQueue<String> queue = new SynchronousQueue<>();

    @Test
    void killedWhenReadyItIsReachedInTheJdkToo() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Greenlet<?> victim = stepped.spawn(() -> {
            Weft.await(stage);
            return queue.take();
        });
        stepped.runUntilIdle();
        stepped.run(() -> {
            stage.complete("value");
            victim.kill();
            return "";
        });
        assertSame(CANCELLED, victim.state());
    }

    @Test
    void killedByItselfItIsReachedInTheJdkToo() {
        Greenlet<?> victim = stepped.spawn(() -> {
            Greenlet.current().kill();
            return queue.take();
        });
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
    }

    @Test
    void killedInAShieldItIsReachedInTheJdkAfterIt() {
        Greenlet<?> victim = stepped.spawn(() -> {
            Weft.shield(() -> Weft.sleep(SECOND));
            return queue.take();
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.advance(SECOND);
        assertSame(CANCELLED, victim.state());
    }

    @Test
    void codeThatSwallowsTheInterruptIsInterruptedAgainWithGrowingPauses() {
        int[] interrupts = {0};
        Greenlet<?> deaf = stepped.spawn(() -> {
            while (interrupts[0] < 20) {
                try {
                    queue.take();
                } catch (InterruptedException e) {
                    interrupts[0]++;
                }
            }
        });
        stepped.runUntilIdle();
        deaf.kill();
        stepped.runUntilIdle();
        assertEquals(1, interrupts[0]);
        stepped.advance(Duration.ofMillis(1));
        assertEquals(2, interrupts[0]);
        stepped.advance(Duration.ofMillis(1));
        assertEquals(2, interrupts[0]);
        stepped.advance(Duration.ofMillis(1));
        assertEquals(3, interrupts[0]);
        stepped.advance(SECOND);
        assertEquals(10, interrupts[0]);
        stepped.advance(Duration.ofSeconds(20));
        assertSame(RETURNED, deaf.state());
        assertEquals(0, timers());
    }

    @Test
    void aTimeoutEndsAWaitInsideTheJdk() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SECOND, queue::take));
            assertFalse(Thread.currentThread().isInterrupted());
            Weft.sleep(SECOND);
            happened.add("at " + millis());
        });
        stepped.advance(Duration.ofSeconds(2));
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened("at 2000");
        assertEquals(0, timers());
    }

    @Test
    void aTimeoutOfZeroEndsAWaitInsideTheJdkAtOnce() {
        stepped.run(() -> assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(Duration.ZERO, queue::take)));
        assertEquals(0, timers());
    }

    @Test
    void aTimeoutOfOneAfterTheOtherInterruptsEachTime() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            for (int i = 0; i < 5; i++) {
                assertFalse(Weft.moveOnAfter(SECOND, queue::take));
            }
        });
        stepped.advance(Duration.ofSeconds(5));
        assertSame(RETURNED, greenlet.state());
        assertEquals(0, timers());
    }

    @Test
    void anInterruptThatDidNotLandBeforeTheBlockEndedIsTakenBack() {
        Semaphore gate = new Semaphore(0);
        Greenlet<?> greenlet = stepped.spawn(() -> {
            Weft.withTimeout(SECOND, () -> gate.acquireUninterruptibly()); // deaf to interrupts, and remembers them
            assertFalse(Thread.currentThread().isInterrupted());
            Weft.sleep(SECOND);
        });
        stepped.advance(SECOND);
        assertEquals(1, gate.getQueueLength());
        gate.release();
        stepped.advance(SECOND);
        assertSame(RETURNED, greenlet.state());
    }

    @Test
    void anInterruptFromOutsideIsNotTakenBack() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(Duration.ZERO, () -> {
                        Thread.currentThread().interrupt();
                        Weft.sleep(HOUR);
                    }));
            happened.add(Thread.interrupted());
        });
        stepped.runUntilIdle();
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened(true);
    }

    @Test
    void anInterruptThatDidNotLandDoesNotDisturbAShield() {
        Semaphore gate = new Semaphore(0);
        Greenlet<?> victim = stepped.spawn(() -> {
            gate.acquireUninterruptibly();
            try {
                Weft.sleep(HOUR);
            } finally {
                Weft.shield(() -> Weft.sleep(SECOND));
                happened.add("cleaned up");
            }
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.runUntilIdle();
        gate.release();
        stepped.advance(SECOND);
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("cleaned up");
    }

    @Test
    void anInterruptedWaitIsKnownAlsoAfterACleanUpThatTimedOutInTheSameWay() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(SECOND, () -> {
                        try {
                            queue.take();
                        } finally {
                            Weft.shield(() -> Weft.moveOnAfter(SECOND, queue::take));
                        }
                    }));
            Weft.sleep(SECOND);
            happened.add("free");
        });
        stepped.advance(Duration.ofSeconds(3));
        assertSame(RETURNED, greenlet.state(), greenlet::toString);
        happened.assertHappened("free");
        assertEquals(0, timers());
    }

    @Test
    void whenAnInnerAndAnOuterTimeAreOverTheInterruptCountsForTheOuter() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            DeadlineExceeded e = assertThrows(
                    DeadlineExceeded.class,
                    () -> Weft.withTimeout(Duration.ofSeconds(2), () -> {
                        Weft.sleep(SECOND);
                        return Weft.withTimeout(SECOND, queue::take);
                    }));
            happened.add(e.timeout());
        });
        stepped.advance(Duration.ofSeconds(2));
        assertSame(RETURNED, greenlet.state());
        happened.assertHappened(Duration.ofSeconds(2));
    }

    @Test
    void aCancelledScopeReachesChildrenInsideTheJdk() {
        Greenlet<?> opener = stepped.spawn(() -> Weft.scope(scope -> {
            for (int i = 0; i < 3; i++) {
                scope.spawn(queue::take);
            }
            Weft.yieldNow();
            scope.cancel();
        }));
        stepped.runUntilIdle();
        assertSame(RETURNED, opener.state());
        assertEquals(0, timers());
    }

    @Test
    void awaitingAFutureUnderATimeoutLeavesNoInterruptBehind() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            assertFalse(Weft.moveOnAfter(
                    SECOND, () -> Weft.await(new java.util.concurrent.FutureTask<>(() -> "never run"))));
            assertFalse(Thread.currentThread().isInterrupted());
        });
        stepped.advance(SECOND);
        assertSame(RETURNED, greenlet.state());
    }

    @Test
    void aWakeUpThatMeetsALeftOverOneIsNotLost() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        Greenlet<?> greenlet = stepped.spawn(() -> {
            Weft.await(first);
            Weft.await(second);
        });
        stepped.runUntilIdle();
        stepped.loop().execute(() -> first.complete(""));
        for (int i = 0; i < 4095; i++) { // more than a turn takes from the inbox
            stepped.loop().execute(() -> {});
        }
        java.util.concurrent.locks.LockSupport.unpark(greenlet.thread());
        stepped.loop().execute(() -> second.complete(""));
        stepped.runUntilIdle();
        assertTrue(greenlet.state().isDone(), greenlet::toString);
    }
}
