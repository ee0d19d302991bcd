package dev.weft.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class TickerTest {
    private static final Duration PERIOD = Duration.ofMillis(10);
    private final Recorder happened = new Recorder();

    private static long millis(SteppedLoop stepped) {
        return stepped.clock().nanos() / 1_000_000;
    }

    /** Records the times of the ticks; the work of the first one takes {@code work}. */
    private Ticker tickingWithSlowStart(SteppedLoop stepped, MissedTicks behaviour, Duration work) {
        Ticker ticker = stepped.run(() -> Ticker.every(PERIOD, behaviour));
        stepped.spawn(() -> ticker.run(() -> {
            happened.add(millis(stepped));
            if (millis(stepped) == 10) {
                Weft.sleep(work);
            }
        }));
        return ticker;
    }

    private void assertTicks(MissedTicks behaviour, Object... times) {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = tickingWithSlowStart(stepped, behaviour, Duration.ofMillis(35));
            stepped.advance(Duration.ofMillis(71));
            happened.assertHappened(times);
            assertEquals(2, ticker.missed());
        }
    }

    @Test
    void skippedTicksAreDroppedAndTheScheduleIsKept() {
        assertTicks(MissedTicks.SKIP, 10L, 45L, 50L, 60L, 70L);
    }

    @Test
    void delayedTicksShiftTheSchedule() {
        assertTicks(MissedTicks.DELAY, 10L, 45L, 55L, 65L);
    }

    @Test
    void aBurstMakesUpForEveryTick() {
        assertTicks(MissedTicks.BURST, 10L, 45L, 45L, 45L, 50L, 60L, 70L);
    }

    @Test
    void aTickTellsItsNumberItsDelayAndWhatWasMissed() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = stepped.run(() -> Ticker.every(PERIOD));
            stepped.advance(Duration.ofMillis(34));
            assertEquals(new Tick(1, Duration.ofMillis(24), 2), stepped.run(ticker::next));
            Greenlet<Tick> second = stepped.spawn(ticker::next);
            stepped.advance(Duration.ofMillis(6));
            assertEquals(new Tick(2, Duration.ZERO, 0), second.outcome().get());
        }
    }

    @Test
    void workThatTakesLongerThanThePeriodNeverOverlaps() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = stepped.run(() -> Ticker.every(PERIOD));
            int[] running = {0};
            stepped.spawn(() -> ticker.run(() -> {
                assertEquals(1, ++running[0]);
                Weft.sleep(PERIOD.multipliedBy(2));
                running[0]--;
            }));
            stepped.advance(Duration.ofMillis(200));
        }
    }

    @Test
    void aFailureOfTheBodyIsThrownAndTheTickerStaysUsable() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = stepped.run(() -> Ticker.every(PERIOD));
            Greenlet<?> running = stepped.spawn(() -> {
                assertThrows(
                        IOException.class,
                        () -> ticker.run(() -> {
                            throw new IOException("broken");
                        }));
                return ticker.next();
            });
            stepped.advance(Duration.ofMillis(20));
            assertSame(Greenlet.State.RETURNED, running.state());
        }
    }

    @Test
    void resetRestartsThePeriodOfOneWhoWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = stepped.run(() -> Ticker.every(PERIOD));
            stepped.spawn(() -> ticker.run(() -> happened.add(millis(stepped))));
            stepped.advance(Duration.ofMillis(5));
            ticker.reset(); // from another thread
            stepped.advance(Duration.ofMillis(15));
            ticker.reset(Duration.ofMillis(100));
            stepped.advance(Duration.ofMillis(200));
            happened.assertHappened(15L, 120L, 220L);
            assertEquals(0, ticker.missed());
        }
    }

    @Test
    void closeEndsTheWaitAndTheRun() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = stepped.run(() -> Ticker.every(PERIOD));
            Greenlet<?> running = stepped.spawn(() -> ticker.run(() -> happened.add("tick")));
            stepped.runUntilIdle();
            ticker.close();
            ticker.close();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, running.state());
            TickerClosed e = assertThrows(TickerClosed.class, () -> stepped.run(ticker::next));
            assertTrue(e.toString().contains("Ticker.every"), e.toString());
            assertEquals(0, stepped.loop().statistics().timers());
        }
    }

    @Test
    void theBodyMayCloseItsTicker() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = stepped.run(() -> Ticker.every(PERIOD));
            Greenlet<?> running = stepped.spawn(() -> ticker.run(ticker::close));
            stepped.advance(PERIOD);
            assertSame(Greenlet.State.RETURNED, running.state());
        }
    }

    @Test
    void aKilledWaitLeavesNoTimerAndTheTickStaysDue() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = stepped.run(() -> Ticker.every(PERIOD));
            Greenlet<?> killed = stepped.spawn(ticker::next);
            stepped.runUntilIdle();
            killed.kill();
            stepped.runUntilIdle();
            assertEquals(0, stepped.loop().statistics().timers());
            stepped.advance(PERIOD);
            assertEquals(1, stepped.run(ticker::next).number());
        }
    }

    @Test
    void aTickThatASelectDoesNotChooseIsNotLost() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = stepped.run(() -> Ticker.every(PERIOD));
            Channel<String> lines = stepped.run(() -> Channel.<String>buffered(2));
            Greenlet<List<Object>> both = stepped.spawn(() -> List.of(
                    Weft.<Object, RuntimeException>select(Select.on(ticker), Select.on(lines.receiving())),
                    Weft.<Object, RuntimeException>select(Select.on(ticker), Select.on(lines.receiving()))));
            stepped.advance(Duration.ofMillis(5));
            lines.trySend("line");
            stepped.advance(Duration.ofMillis(5));
            assertEquals(
                    List.of("line", new Tick(1, Duration.ZERO, 0)),
                    both.outcome().get());
        }
    }

    @Test
    void oneGreenletAtATimeWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Ticker ticker = stepped.run(() -> Ticker.every(PERIOD));
            stepped.spawn(ticker::next);
            stepped.runUntilIdle();
            assertThrows(Busy.class, () -> stepped.run(ticker::next));
        }
    }

    @Test
    void itIsClosedFromAnyThreadAndUsedOnItsLoop() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Ticker ticker = group.loops().get(0).call(() -> Ticker.every(Duration.ofHours(1)));
            assertThrows(IllegalStateException.class, () -> group.loops().get(1).call(ticker::next));
            Greenlet<?> waiting = group.loops().get(0).spawn(() -> assertThrows(TickerClosed.class, ticker::next));
            ticker.close();
            waiting.join();
        }
    }

    @ParameterizedTest
    @EnumSource(MissedTicks.class)
    void aPeriodBelowTheResolutionIsRefused(MissedTicks behaviour) {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            IllegalArgumentException e = stepped.run(() -> assertThrows(
                    IllegalArgumentException.class, () -> Ticker.every(Duration.ofNanos(999_999), behaviour)));
            assertTrue(e.toString().contains("PT0.000999999S"), e.toString());
        }
    }
}
