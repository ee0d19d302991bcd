package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.testing.Recorder;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class RateLimiterAcrossLoopsTest extends AcrossLoopsFixture {
    private static final Duration HUNDREDTH = Duration.ofMillis(10);
    private final Recorder happened = new Recorder();

    private static RateLimiter emptied(SteppedPair pair) {
        RateLimiter limiter = RateLimiter.on(pair.home().loop(), 1, HUNDREDTH, 1);
        pair.home().run(() -> limiter.tryAcquire());
        return limiter;
    }

    @Test
    void tokensAreGrantedInTheOrderOfArrivalWhereverTheWaitersAre() {
        try (SteppedPair pair = new SteppedPair()) {
            RateLimiter limiter = emptied(pair);
            for (int i = 0; i < 6; i++) {
                int number = i;
                (i % 2 == 0 ? pair.away() : pair.home()).spawn(() -> {
                    limiter.acquire();
                    happened.add(number);
                });
                pair.runUntilIdle();
            }
            for (int i = 0; i < 6; i++) {
                pair.home().advance(HUNDREDTH); // the home's clock counts
                pair.runUntilIdle();
            }
            happened.assertHappened(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void aWaitThatIsKilledOrTimesOutTakesNoToken() {
        try (SteppedPair pair = new SteppedPair()) {
            RateLimiter limiter = emptied(pair);
            Greenlet<?> killed = pair.away().spawn(() -> limiter.acquire());
            Greenlet<?> late =
                    pair.away().spawn(() -> assertThrows(DeadlineExceeded.class, () -> limiter.acquire(SOON)));
            pair.runUntilIdle();
            killed.kill();
            pair.away().advance(SOON);
            pair.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, late.state());
            assertEquals(0, pair.home().run(limiter::statistics).waiting());
            pair.home().advance(HUNDREDTH);
            assertTrue(pair.home().run(() -> limiter.tryAcquire()));
        }
    }

    @Test
    void itIsAskedAndTriedFromElsewhere() throws Exception {
        RateLimiter limiter = RateLimiter.on(home, 2, NEVER, 2);
        away.spawn(() -> {
                    assertTrue(limiter.tryAcquire());
                    assertEquals(new RateLimiter.Statistics(1, 0), limiter.statistics());
                    limiter.acquire();
                    assertFalse(limiter.tryAcquire());
                })
                .join();
        inThread(() -> assertThrows(DeadlineExceeded.class, () -> limiter.acquire(SOON)))
                .get();
    }

    @Test
    void theEndOfTheHomeIsReportedToThoseWhoWaitElsewhere() {
        try (SteppedPair pair = new SteppedPair()) {
            RateLimiter limiter = emptied(pair);
            Greenlet<?> waiting =
                    pair.away().spawn(() -> assertThrows(RejectedExecutionException.class, () -> limiter.acquire()));
            Greenlet<?> atHome = pair.home().spawn(() -> limiter.acquire());
            pair.runUntilIdle();
            pair.home().close();
            pair.away().runUntilIdle();
            assertSame(Greenlet.State.RETURNED, waiting.state());
            assertSame(Greenlet.State.CANCELLED, atHome.state());
        }
    }
}
