package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Clock;
import dev.weft.spi.LoopListener;
import dev.weft.testing.ManualClock;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
class StatisticsTest {

    @Test
    void greenletsAndTimersAreCounted() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            for (int i = 0; i < 3; i++) {
                stepped.spawn(() -> Weft.sleep(Duration.ofSeconds(1)));
            }
            stepped.runUntilIdle();
            LoopStatistics waiting = stepped.loop().statistics();
            assertEquals(3, waiting.alive());
            assertEquals(3, waiting.waiting());
            assertEquals(0, waiting.ready());
            assertEquals(3, waiting.timers());
            assertEquals(3, waiting.spawned());
            assertEquals(3, waiting.switches());
            LoopStatistics inside = stepped.run(() -> {
                Weft.spawn(() -> {});
                return stepped.loop().statistics();
            });
            assertEquals(1, inside.ready());
            assertEquals(5, inside.alive());
            assertEquals(3, inside.waiting());
            stepped.advance(Duration.ofSeconds(1));
            assertEquals(0, stepped.loop().statistics().alive());
            assertEquals(0, stepped.loop().statistics().timers());
        }
    }

    @Test
    void theLongestSliceIsTheTimeThatAGreenletHeldTheLoop() {
        ManualClock clock = new ManualClock();
        Clock shown = clock;
        try (LoopGroup group = LoopGroup.builder().clock(shown).open()) {
            group.spawn(() -> clock.advance(Duration.ofMillis(30))).join();
            group.spawn(() -> clock.advance(Duration.ofMillis(20))).join();
            group.spawn(() -> {}).join();
            assertEquals(Duration.ofMillis(30), group.next().statistics().longestSlice());
        }
    }

    @Test
    void theLongestSliceCountsTheTimeOfCallbacks() {
        ManualClock clock = new ManualClock();
        try (LoopGroup group = LoopGroup.builder().clock(clock).open()) {
            Loop loop = group.next();
            loop.execute(() -> clock.advance(Duration.ofMillis(30)));
            loop.spawn(() -> {}).join();
            awaitLongestSlice(loop, Duration.ofMillis(30));
            loop.execute(() -> clock.advance(Duration.ofMillis(40))); // with nothing to run after it
            awaitLongestSlice(loop, Duration.ofMillis(40));
        }
    }

    @Test
    void aWakeUpIsCountedOnceASleepAndNeverFromTheLoopItself() {
        try (LoopGroup group = LoopGroup.open()) {
            long before = group.spawn(() -> {
                        long wakeUps = Loop.current().statistics().wakeUps();
                        for (int i = 0; i < 100; i++) {
                            Weft.spawn(() -> {}).join();
                            Suspension.post(Loop.current(), () -> {});
                            Weft.yieldNow();
                        }
                        return Loop.current().statistics().wakeUps() - wakeUps;
                    })
                    .join();
            assertEquals(0, before);
        }
    }

    @Test
    void theListenerHearsOfSpawnsAndEnds() {
        Recorder happened = new Recorder();
        try (LoopGroup group = LoopGroup.builder()
                .listener(new LoopListener() {
                    @Override
                    public void onSpawn(Loop loop, Greenlet<?> greenlet) {
                        happened.add("spawn " + greenlet.name());
                    }

                    @Override
                    public void onEnd(Loop loop, Greenlet<?> greenlet) {
                        happened.add("end " + greenlet.name() + " " + greenlet.state());
                    }
                })
                .open()) {
            group.next().spawn("one", () -> {}).join();
        }
        happened.assertHappened("spawn one", "end one RETURNED");
    }

    @Test
    void twoThatYieldToEachOtherDoNotStarveTimersOrTheInbox() {
        ManualClock clock = new ManualClock();
        try (LoopGroup group = LoopGroup.builder().clock(clock).open()) {
            boolean[] stop = {false};
            long[] slices = {0};
            long[] due = {0};
            Greenlet<Long> timed = group.spawn(() -> {
                Weft.sleep(Duration.ofMillis(1));
                return slices[0];
            });
            for (int i = 0; i < 2; i++) {
                group.spawn(() -> {
                    while (!stop[0]) {
                        if (++slices[0] == 100) {
                            clock.advance(Duration.ofMillis(5));
                            due[0] = slices[0];
                        }
                        Weft.yieldNow();
                    }
                });
            }
            long woken = timed.join(Duration.ofSeconds(20));
            group.spawn(() -> stop[0] = true).join(); // comes in through the inbox
            assertTrue(due[0] > 0 && woken - due[0] <= 2048, "the timer waited for " + (woken - due[0]) + " slices");
        }
    }

    @Test
    void theLatencyIsHowLongAReadyGreenletHasNotRun() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.spawn(() -> {}); // the first one is always measured
            Suspension.post(stepped.loop(), () -> stepped.clock().advance(Duration.ofMillis(30)));
            stepped.runUntilIdle();
            LatencyHistogram latency = stepped.loop().statistics().latency();
            assertEquals(1, latency.count());
            assertWithinAnEighth(30, latency.max().toMillis());
        }
    }

    @Test
    void theLatencyOfOneGreenletIn64IsMeasured() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            runManyTurnsOf64Greenlets(stepped);
            LatencyHistogram latency = stepped.loop().statistics().latency();
            assertWithinAnEighth(1_000, latency.count());
            assertWithinAnEighth(64_000, latency.percentile(5).toNanos()); // a round of all
            assertWithinAnEighth(64_000, latency.percentile(95).toNanos());
        }
    }

    @Test
    void asManyAreMeasuredInARandomOrder() {
        SteppedLoop.underSeeds(3, stepped -> {
            runManyTurnsOf64Greenlets(stepped);
            assertWithinAnEighth(1_000, stepped.loop().statistics().latency().count());
        });
    }

    private static void assertWithinAnEighth(long expected, long actual) {
        assertTrue(Math.abs(actual - expected) <= expected / 8, actual + ", but expected about " + expected);
    }

    private static void runManyTurnsOf64Greenlets(SteppedLoop stepped) {
        for (int i = 0; i < 64; i++) {
            stepped.spawn(() -> {
                for (int j = 0; j < 999; j++) {
                    stepped.clock().advance(Duration.ofNanos(1_000));
                    Weft.yieldNow();
                }
            });
        }
        stepped.runUntilIdle();
    }

    /** The clock is read after some slices; the timeout of the class ends it. */
    private static void awaitLongestSlice(Loop loop, Duration expected) {
        while (!loop.statistics().longestSlice().equals(expected)) {
            Thread.onSpinWait();
        }
    }
}
