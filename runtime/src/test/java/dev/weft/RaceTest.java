package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Other threads against a loop: what they hand in is never lost and never done twice. */
@ExtendWith(NoGreenletLeaks.class)
class RaceTest {
    private static final int SHORT = 20_000;
    private static final int LONG = 1_000_000;

    @Test
    void noWakeUpIsLost() throws Exception {
        handOver(SHORT);
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void noWakeUpIsLostInALongRun() throws Exception {
        handOver(LONG);
    }

    /** One at a time, so that the loop goes to sleep in between: a lost wake-up is a hang. */
    private static void handOver(int rounds) throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            for (int i = 0; i < rounds; i++) {
                CompletableFuture<Integer> stage = new CompletableFuture<>();
                int number = i;
                loop.execute(() -> stage.complete(number));
                assertEquals(number, stage.get());
            }
        }
    }

    @Test
    void everyHandOverFromManyThreadsArrivesOnce() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            AtomicInteger ran = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < SHORT; i++) {
                        loop.execute(ran::incrementAndGet);
                        if (i % 100 == 0) {
                            loop.spawn(ran::incrementAndGet).join();
                        }
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            java.util.concurrent.CountDownLatch last = new java.util.concurrent.CountDownLatch(1);
            loop.execute(last::countDown); // after all others
            last.await();
            assertEquals(4 * (SHORT + SHORT / 100), ran.get());
        }
    }

    @Test
    void aKillThatRacesWithACompletionHasOneOutcome() throws Exception {
        killAgainstCompletion(SHORT);
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void aKillThatRacesWithACompletionHasOneOutcomeInALongRun() throws Exception {
        killAgainstCompletion(LONG);
    }

    private static void killAgainstCompletion(int rounds) throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            SynchronousQueue<CompletableFuture<String>> next = new SynchronousQueue<>();
            Thread completer = new Thread(() -> {
                try {
                    while (true) {
                        next.take().complete("value");
                    }
                } catch (InterruptedException e) {
                    // The end.
                }
            });
            completer.start();
            int values = 0;
            int kills = 0;
            for (int i = 0; i < rounds; i++) {
                CompletableFuture<String> stage = new CompletableFuture<>();
                Greenlet<String> greenlet = group.spawn(() -> Weft.await(stage));
                next.put(stage);
                greenlet.kill();
                try {
                    assertEquals("value", greenlet.join());
                    values++;
                } catch (Cancelled e) {
                    kills++;
                }
            }
            completer.interrupt();
            completer.join();
            assertEquals(rounds, values + kills);
        }
    }

    @Test
    void aTimeoutThatRacesWithACompletionHasOneOutcome() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            AtomicLong outcomes = new AtomicLong();
            List<Greenlet<?>> all = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                CompletableFuture<String> stage = new CompletableFuture<>();
                all.add(group.spawn(() -> {
                    try {
                        assertEquals("value", Weft.await(stage, Duration.ofMillis(2)));
                    } catch (DeadlineExceeded e) {
                        assertTrue(stage.isDone() || !stage.isCancelled());
                    }
                    outcomes.incrementAndGet();
                }));
                stage.completeAsync(
                        () -> "value",
                        CompletableFuture.delayedExecutor(2, java.util.concurrent.TimeUnit.MILLISECONDS));
            }
            for (Greenlet<?> greenlet : all) {
                greenlet.join();
            }
            assertEquals(500, outcomes.get());
            assertEquals(0, group.next().statistics().timers());
        }
    }

    @Test
    void aGreenletParkedInTheJdkIsUnparkedByAThreadEveryTime() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            SynchronousQueue<Integer> queue = new SynchronousQueue<>();
            Greenlet<Long> sum = group.spawn(() -> {
                long total = 0;
                for (int i = 0; i < SHORT; i++) {
                    total += queue.take();
                }
                return total;
            });
            for (int i = 0; i < SHORT; i++) {
                queue.put(1);
            }
            assertEquals(SHORT, sum.join());
        }
    }
}
