package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Awaitable;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class RateLimiterTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);
    private final Recorder happened = new Recorder();

    /** A hundred a second, five of them at once. */
    private static RateLimiter limiter(SteppedLoop stepped) {
        return RateLimiter.on(stepped.loop(), 100, SECOND, 5);
    }

    private Greenlet<?> taker(SteppedLoop stepped, RateLimiter limiter, int tokens, Object name) {
        return stepped.spawn(() -> {
            limiter.acquire(tokens);
            happened.add(name + " at " + stepped.clock().nanos() / 1_000_000);
        });
    }

    @Test
    void aBurstGoesAtOnceAndTheRestAtTheRate() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            RateLimiter limiter = limiter(stepped);
            for (int i = 0; i < 8; i++) {
                taker(stepped, limiter, 1, i);
            }
            stepped.runUntilIdle();
            assertEquals(new RateLimiter.Statistics(0, 3), stepped.run(limiter::statistics));
            stepped.advance(SECOND);
            happened.assertHappened("0 at 0", "1 at 0", "2 at 0", "3 at 0", "4 at 0", "5 at 10", "6 at 20", "7 at 30");
            assertEquals(new RateLimiter.Statistics(5, 0), stepped.run(limiter::statistics));
        }
    }

    @Test
    void theRateDoesNotDrift() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            RateLimiter limiter = RateLimiter.on(stepped.loop(), 3, SECOND, 1); // a third of a second each
            int[] taken = {0};
            stepped.spawn(() -> {
                while (true) {
                    limiter.acquire();
                    taken[0]++;
                }
            });
            stepped.advance(Duration.ofMinutes(1));
            assertTrue(Math.abs(taken[0] - 181) <= 1, () -> taken[0] + " in a minute");
        }
    }

    @Test
    void nobodyOvertakesOneWhoWaitsForMany() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            RateLimiter limiter = limiter(stepped);
            taker(stepped, limiter, 4, "first");
            taker(stepped, limiter, 5, "many");
            taker(stepped, limiter, 1, "one");
            stepped.runUntilIdle();
            assertFalse(stepped.run(() -> limiter.tryAcquire()), "the token belongs to those who wait");
            stepped.advance(SECOND);
            happened.assertHappened("first at 0", "many at 40", "one at 50");
        }
    }

    @Test
    void oneWhoIsKilledOrTimesOutTakesNoTokenAndTheNextIsServed() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            RateLimiter limiter = limiter(stepped);
            taker(stepped, limiter, 5, "first");
            Greenlet<?> killed = taker(stepped, limiter, 5, "killed");
            Greenlet<?> late = stepped.spawn(
                    () -> assertThrows(DeadlineExceeded.class, () -> limiter.acquire(5, Duration.ofMillis(25))));
            taker(stepped, limiter, 2, "next");
            stepped.advance(Duration.ofMillis(20));
            killed.kill();
            stepped.advance(HOUR);
            happened.assertHappened("first at 0", "next at 25"); // two tokens had been added by then
            assertSame(Greenlet.State.RETURNED, late.state());
            assertEquals(0, stepped.loop().statistics().timers());
            assertEquals(new RateLimiter.Statistics(5, 0), stepped.run(limiter::statistics));
        }
    }

    @Test
    void tokensAreNeitherLostNorMultipliedUnderAnyOrder() {
        SteppedLoop.underSeeds(100, stepped -> {
            RateLimiter limiter = limiter(stepped);
            int[] taken = {0};
            Greenlet<?>[] takers = new Greenlet<?>[30];
            for (int i = 0; i < takers.length; i++) {
                int tokens = 1 + i % 3;
                takers[i] = stepped.spawn(() -> {
                    limiter.acquire(tokens);
                    taken[0] += tokens;
                });
            }
            stepped.spawn(() -> {
                for (int i = 0; i < takers.length; i += 4) {
                    takers[i].kill();
                    Weft.sleep(Duration.ofMillis(7));
                }
            });
            stepped.advance(Duration.ofMillis(200));
            int available = stepped.run(limiter::statistics).available();
            assertTrue(taken[0] <= 25, () -> taken[0] + " of 5 and 20");
            assertTrue(taken[0] + available >= 23 || available == 5, () -> taken[0] + " and " + available);
        });
    }

    @Test
    void tryAcquireNeverWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            RateLimiter limiter = limiter(stepped);
            assertTrue(stepped.run(() -> limiter.tryAcquire(4)));
            assertFalse(stepped.run(() -> limiter.tryAcquire(2)));
            assertTrue(stepped.run(() -> limiter.tryAcquire()));
            stepped.advance(Duration.ofMillis(9));
            assertFalse(stepped.run(() -> limiter.tryAcquire()));
            stepped.advance(Duration.ofMillis(1));
            assertTrue(stepped.run(() -> limiter.tryAcquire()));
        }
    }

    @Test
    void aClauseThatLosesASelectTakesNothing() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            RateLimiter limiter = limiter(stepped);
            stepped.run(() -> limiter.tryAcquire(5));
            Awaitable<?> token = limiter.acquiring(1); // for one wait after the other
            Greenlet<String> timedOut = stepped.spawn(() -> Weft.select(
                    Select.on(token, nothing -> "token"), Select.after(Duration.ofMillis(5), () -> "time")));
            stepped.advance(Duration.ofMillis(5));
            assertEquals("time", timedOut.outcome().get());
            Greenlet<String> served = stepped.spawn(() -> Weft.select(
                    Select.on(token, nothing -> "token"), Select.after(Duration.ofMillis(50), () -> "time")));
            stepped.advance(Duration.ofMillis(5));
            assertEquals("token", served.outcome().get());
        }
    }

    @Test
    void whatCanNeverBeThereIsRefused() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            RateLimiter limiter = limiter(stepped);
            IllegalArgumentException e =
                    stepped.run(() -> assertThrows(IllegalArgumentException.class, () -> limiter.acquire(6)));
            assertTrue(e.toString().contains("6 tokens are more than the burst"), e.toString());
            assertThrows(IllegalArgumentException.class, () -> limiter.acquiring(0));
            assertThrows(IllegalArgumentException.class, () -> RateLimiter.on(stepped.loop(), 0, SECOND, 1));
            assertThrows(IllegalArgumentException.class, () -> RateLimiter.on(stepped.loop(), 1, Duration.ZERO, 1));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RateLimiter.on(stepped.loop(), 1, Duration.ofDays(365), Integer.MAX_VALUE));
        }
    }
}
