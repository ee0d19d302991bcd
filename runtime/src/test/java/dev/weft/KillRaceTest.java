package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Foreign threads that kill, throw and complete against greenlets that end by themselves: one outcome each. */
@Timeout(30)
@ExtendWith(NoGreenletLeaks.class)
class KillRaceTest {
    private static final int SHORT = 100_000;
    private static final int LONG = 1_000_000;
    private static final int AHEAD = 256; // so many rounds are open at a time

    private static final class Thrown extends Exception {
        private static final long serialVersionUID = 1L;

        Thrown() {
            super("thrown into", null, false, false);
        }
    }

    @Test
    void aKillAgainstACompletionHasOneOutcome() throws Exception {
        race(SHORT, (greenlet, stage) -> greenlet.kill());
    }

    @Test
    void aThrowAgainstACompletionHasOneOutcome() throws Exception {
        race(SHORT, (greenlet, stage) -> greenlet.throwInto(new Thrown()));
    }

    @Test
    void twoKillsAgainstACompletionHaveOneOutcome() throws Exception {
        race(SHORT / 2, (greenlet, stage) -> {
            greenlet.kill();
            stage.complete("from the killer's side");
            greenlet.kill();
        });
    }

    @Test
    void aTimeoutAgainstACompletionHasOneOutcome() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            for (int i = 0; i < SHORT / 20; i++) {
                CompletableFuture<String> stage = new CompletableFuture<>();
                Greenlet<Boolean> greenlet = group.spawn(() -> Weft.moveOnAfter(
                        Duration.ofNanos(1), () -> assertTrue(Weft.await(stage).startsWith("value"))));
                stage.complete("value");
                greenlet.join();
            }
            assertEquals(0, group.next().statistics().timers());
        }
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void aKillAgainstACompletionHasOneOutcomeAMillionTimes() throws Exception {
        race(LONG, (greenlet, stage) -> greenlet.kill());
    }

    @Test
    @Tag("long")
    @Timeout(600)
    void aThrowAgainstACompletionHasOneOutcomeAMillionTimes() throws Exception {
        race(LONG, (greenlet, stage) -> greenlet.throwInto(new Thrown()));
    }

    /** One thread completes what each greenlet waits for, this one disturbs it, and each end must be told once. */
    private static void race(int rounds, BiConsumer<Greenlet<?>, CompletableFuture<String>> disturbance)
            throws InterruptedException {
        AtomicReferenceArray<CompletableFuture<String>> stages = new AtomicReferenceArray<>(rounds);
        AtomicIntegerArray told = new AtomicIntegerArray(rounds);
        Semaphore ahead = new Semaphore(AHEAD);
        try (LoopGroup group =
                LoopGroup.builder().uncaughtHandler((greenlet, failure) -> {}).open()) {
            Thread completer = new Thread(() -> {
                for (int i = 0; i < rounds; i++) {
                    CompletableFuture<String> stage;
                    while ((stage = stages.get(i)) == null) {
                        Thread.onSpinWait();
                    }
                    stage.complete("value");
                    stages.set(i, stage);
                }
            });
            completer.start();
            for (int i = 0; i < rounds; i++) {
                ahead.acquire();
                int number = i;
                CompletableFuture<String> stage = new CompletableFuture<>();
                Greenlet<String> greenlet = group.spawn(() -> Weft.await(stage));
                greenlet.onEnd(ended -> {
                    told.incrementAndGet(number);
                    ended.outcome();
                    ahead.release();
                });
                stages.set(i, stage);
                disturbance.accept(greenlet, stage);
            }
            completer.join();
            ahead.acquire(AHEAD);
            assertEquals(0, group.next().greenlets().size());
        }
        for (int i = 0; i < rounds; i++) {
            assertEquals(1, told.get(i));
        }
    }
}
