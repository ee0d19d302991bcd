package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Waiter;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
class AwaitTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private final Recorder happened = new Recorder();

    @Test
    void sleepersWakeInTheOrderOfTheirDeadlinesAndNeverEarly() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            for (int millis : new int[] {30, 10, 20, 0}) {
                stepped.spawn(() -> {
                    Weft.sleep(Duration.ofMillis(millis));
                    happened.add(millis + "@" + stepped.clock().nanos() / 1_000_000);
                });
            }
            stepped.advance(Duration.ofMillis(29));
            happened.assertHappened("0@0", "10@10", "20@20");
            stepped.advance(Duration.ofMillis(1));
            happened.assertHappened("30@30");
        }
    }

    @Test
    void aTimerIsAwaited() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> greenlet = stepped.spawn(() -> Weft.await(Weft.timer(SECOND)));
            stepped.advance(Duration.ofMillis(999));
            assertSame(Greenlet.State.WAITING, greenlet.state());
            assertEquals("timer of PT1S", greenlet.waitingOn());
            stepped.advance(Duration.ofMillis(1));
            assertSame(Greenlet.State.RETURNED, greenlet.state());
        }
    }

    @Test
    void aTimerThatIsLeftEarlyIsTakenBack() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> greenlet = stepped.spawn(() ->
                    assertThrows(DeadlineExceeded.class, () -> Weft.await(Weft.timer(SECOND), Duration.ofMillis(5))));
            stepped.advance(Duration.ofMillis(5));
            assertSame(Greenlet.State.RETURNED, greenlet.state());
            assertEquals(0, stepped.loop().statistics().timers());
        }
    }

    @Test
    void aStageOfAnotherThreadWakesTheGreenletOnItsLoop() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CompletableFuture<String> stage = new CompletableFuture<>();
            Greenlet<String> greenlet = group.spawn(() -> {
                Loop before = Loop.current();
                String value = Weft.await(stage);
                assertSame(before, Loop.current());
                return value;
            });
            Thread completer = new Thread(() -> stage.complete("from afar"));
            completer.start();
            assertEquals("from afar", greenlet.join());
            completer.join();
        }
    }

    @Test
    void aStageThatIsDoneIsNotWaitedFor() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.spawn(() -> {
                happened.add(Weft.await(CompletableFuture.completedFuture(1)));
                happened.add("same turn");
            });
            stepped.spawn(() -> happened.add("next"));
            stepped.runUntilIdle();
        }
        happened.assertHappened(1, "same turn", "next");
    }

    @Test
    void theFailureOfAStageIsThrownItself() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            CompletableFuture<String> stage = new CompletableFuture<>();
            Greenlet<?> greenlet = stepped.spawn(() ->
                    assertThrows(IOException.class, () -> Weft.await(stage.thenApply(value -> value + "!"))));
            stepped.runUntilIdle();
            stage.completeExceptionally(new IOException("broken"));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, greenlet.state());
        }
    }

    @Test
    void aStageThatCompletesAfterItsWaiterHasLeftDisturbsNobody() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            CompletableFuture<String> late = new CompletableFuture<>();
            CompletableFuture<String> next = new CompletableFuture<>();
            Greenlet<String> greenlet = stepped.spawn(() -> {
                assertThrows(DeadlineExceeded.class, () -> Weft.await(late, SECOND));
                return Weft.await(next);
            });
            stepped.advance(SECOND);
            late.complete("late");
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, greenlet.state());
            next.complete("right");
            stepped.runUntilIdle();
            assertEquals("right", greenlet.join());
        }
    }

    @Test
    void aDeadlineThatPassesInTheTurnOfTheEventLosesNoTimer() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox mailbox = new Mailbox();
            Greenlet<String> waiting = stepped.spawn(() -> Weft.await(mailbox, Duration.ofMillis(5)));
            Greenlet<?> sleeping = stepped.spawn(() -> Weft.sleep(Duration.ofMillis(5)));
            stepped.runUntilIdle();
            Suspension.post(stepped.loop(), () -> mailbox.subscribed.join().succeed("in time"));
            stepped.clock().advance(Duration.ofMillis(6));
            stepped.runUntilIdle();
            assertEquals("in time", waiting.join());
            assertSame(Greenlet.State.RETURNED, sleeping.state());
        }
    }

    @Test
    void aTimeoutOfZeroTakesOnlyWhatIsThere() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                assertEquals(1, Weft.await(CompletableFuture.completedFuture(1), Duration.ZERO));
                return null;
            });
            Greenlet<?> greenlet = stepped.spawn(() ->
                    assertThrows(DeadlineExceeded.class, () -> Weft.await(new CompletableFuture<>(), Duration.ZERO)));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, greenlet.state());
        }
    }

    @Test
    void aTimeoutOfCenturiesIsForEver() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            CompletableFuture<Integer> stage = new CompletableFuture<>();
            Greenlet<Integer> greenlet = stepped.spawn(() -> Weft.await(stage, Duration.ofSeconds(Long.MAX_VALUE)));
            stepped.runUntilIdle();
            assertEquals(0, stepped.loop().statistics().timers());
            stage.complete(3);
            stepped.runUntilIdle();
            assertEquals(3, greenlet.join());
        }
    }

    @Test
    void anyFutureIsAwaited() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch go = new CountDownLatch(1);
            FutureTask<String> future = new FutureTask<>(() -> {
                go.await();
                return "computed";
            });
            Thread worker = new Thread(future);
            worker.start();
            Greenlet<String> greenlet = group.spawn(() -> Weft.await(future));
            assertThrows(
                    DeadlineExceeded.class,
                    () -> group.spawn(() -> Weft.await(future, Duration.ofMillis(1)))
                            .join());
            group.spawn(() -> {}).join(); // the loop is free meanwhile
            go.countDown();
            assertEquals("computed", greenlet.join());
            worker.join();
        }
    }

    @Test
    void offloadedCallsRunElsewhereAndComeBack() {
        try (LoopGroup group = LoopGroup.builder().name("off").open()) {
            Greenlet<String> greenlet =
                    group.spawn(() -> Weft.offload(() -> Thread.currentThread().getName()));
            assertTrue(greenlet.join().startsWith("off-offload-"), greenlet.join());
            assertThrows(
                    IOException.class,
                    () -> group.spawn(() -> Weft.offload(() -> {
                                throw new IOException("over there");
                            }))
                            .join());
        }
    }

    @Test
    void anOffloadedCallIsInterruptedWhenItsWaiterIsKilled() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch interrupted = new CountDownLatch(1);
            Greenlet<?> greenlet = group.spawn(() -> Weft.offload(() -> {
                running.countDown();
                try {
                    return new CountDownLatch(1).getCount() + new FutureTask<>(() -> 1).get();
                } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                }
            }));
            running.await();
            greenlet.kill();
            assertThrows(Cancelled.class, greenlet::join);
            interrupted.await();
        }
    }

    @Test
    void aRowOfWaitsThatSucceedAtOnceYieldsWhenTheBudgetIsUsedUp() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            int[] done = {0};
            stepped.spawn(() -> {
                for (int i = 0; i < 1000; i++) {
                    Weft.await(CompletableFuture.completedFuture(i));
                    done[0]++;
                }
            });
            stepped.spawn(() -> happened.add(done[0]));
            stepped.runUntilIdle();
            int seen = (Integer) happened.events().get(0);
            assertTrue(seen > 0 && seen <= 128, "other ran after " + seen);
        }
    }

    @Test
    void aWaiterCompletedFromAnotherThreadIsAnErrorThatNamesTheCure() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Mailbox mailbox = new Mailbox();
            Greenlet<String> greenlet = group.spawn(() -> Weft.await(mailbox));
            Waiter<? super String> waiter = mailbox.subscribed.join();
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> waiter.succeed("from a thread"));
            assertTrue(e.toString().contains("loop.execute"), e.toString());
            greenlet.loop().execute(() -> waiter.succeed("through the door"));
            assertEquals("through the door", greenlet.join());
        }
    }

    @Test
    void aWaiterCompletedTwiceIsAnError() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Mailbox mailbox = new Mailbox();
            stepped.spawn(() -> Weft.await(mailbox));
            stepped.runUntilIdle();
            assertThrows(
                    IllegalStateException.class,
                    () -> stepped.run(() -> {
                        mailbox.subscribed.join().succeed("one");
                        mailbox.subscribed.join().succeed("two");
                        return null;
                    }));
        }
    }

    @Test
    void whatSubscribeThrowsIsThrownAtTheWaiterAndLeavesItWhole() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Awaitable<String> refusing = new Awaitable<>() {
                @Override
                public void subscribe(Waiter<? super String> waiter) {
                    throw new Busy("it", "another");
                }

                @Override
                public boolean unsubscribe(Waiter<? super String> waiter) {
                    return true;
                }
            };
            stepped.run(() -> {
                assertThrows(Busy.class, () -> Weft.await(refusing));
                return Weft.await(CompletableFuture.completedFuture(1));
            });
        }
    }

    @Test
    void outsideAnyLoopTheErrorSaysHowToStartOne() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> Weft.sleep(SECOND));
        assertTrue(e.toString().contains("Weft.run"), e.toString());
        assertThrows(IllegalStateException.class, Greenlet::current);
        assertThrows(IllegalStateException.class, Loop::current);
    }

    /** Hands its waiter out. */
    private static final class Mailbox implements Awaitable<String> {
        final CompletableFuture<Waiter<? super String>> subscribed = new CompletableFuture<>();

        @Override
        public void subscribe(Waiter<? super String> waiter) {
            subscribed.complete(waiter);
        }

        @Override
        public boolean unsubscribe(Waiter<? super String> waiter) {
            return true;
        }
    }
}
