package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // a lease is held, and not spoken of
class LimiterAcrossLoopsTest extends AcrossLoopsFixture {
    private final Recorder happened = new Recorder();

    private static Limiter.Statistics statistics(SteppedPair pair, Limiter limiter) {
        pair.runUntilIdle();
        return pair.home().run(limiter::statistics);
    }

    private static Limiter.Lease taken(SteppedPair pair, Limiter limiter) {
        return pair.home().run(() -> limiter.acquireFor("the test"));
    }

    private void borrower(SteppedPair pair, SteppedLoop loop, Limiter limiter, int number) {
        loop.spawn(() -> {
            try (Limiter.Lease lease = limiter.acquire()) {
                assertSame(Greenlet.current(), lease.borrower());
                happened.add(number);
            }
        });
        pair.runUntilIdle();
    }

    @Test
    void tokensAreGrantedInTheOrderOfArrivalWhereverTheWaitersAre() {
        try (SteppedPair pair = new SteppedPair()) {
            Limiter limiter = new Limiter(pair.home().loop(), 1);
            Limiter.Lease lease = taken(pair, limiter);
            for (int i = 0; i < 6; i++) {
                borrower(pair, i % 2 == 0 ? pair.away() : pair.home(), limiter, i);
            }
            assertEquals(new Limiter.Statistics(1, 1, 6), statistics(pair, limiter));
            lease.close();
            assertEquals(new Limiter.Statistics(1, 0, 0), statistics(pair, limiter));
            happened.assertHappened(0, 1, 2, 3, 4, 5);
        }
    }

    @Test
    void aWaitThatIsKilledOrTimesOutLeavesNothing() {
        try (SteppedPair pair = new SteppedPair()) {
            Limiter limiter = new Limiter(pair.home().loop(), 1);
            Limiter.Lease lease = taken(pair, limiter);
            Greenlet<?> killed = pair.away().spawn(() -> limiter.acquireFor("request"));
            Greenlet<?> timedOut =
                    pair.away().spawn(() -> assertThrows(DeadlineExceeded.class, () -> limiter.acquire(SOON)));
            assertEquals(new Limiter.Statistics(1, 1, 2), statistics(pair, limiter));
            killed.kill();
            pair.away().advance(SOON);
            assertEquals(new Limiter.Statistics(1, 1, 0), statistics(pair, limiter));
            assertSame(Greenlet.State.RETURNED, timedOut.state());
            lease.close();
            pair.home().run(() -> limiter.tryAcquireFor("request").orElseThrow());
        }
    }

    @Test
    void aTokenThatIsOnItsWayToAKilledWaiterIsReceivedAndComesBack() {
        try (SteppedPair pair = new SteppedPair()) {
            Limiter limiter = new Limiter(pair.home().loop(), 1);
            Limiter.Lease lease = taken(pair, limiter);
            Greenlet<?> waiting = pair.away().spawn(() -> {
                try (Limiter.Lease granted = limiter.acquire()) {
                    happened.add("granted");
                    assertThrows(Cancelled.class, Weft::yieldNow);
                }
            });
            pair.runUntilIdle();
            Suspension.post(pair.away().loop(), waiting::kill); // arrives before the token
            lease.close();
            pair.home().runUntilIdle();
            assertEquals(new Limiter.Statistics(1, 0, 0), statistics(pair, limiter));
            happened.assertHappened("granted");
        }
    }

    @Test
    void aWaiterThatLeavesWhileItsTokenIsNotYetGrantedGetsNone() {
        try (SteppedPair pair = new SteppedPair()) {
            Limiter limiter = new Limiter(pair.home().loop(), 1);
            Greenlet<?> killed = pair.away().spawn(() -> limiter.acquire());
            pair.away().runUntilIdle(); // its request is on the way
            killed.kill();
            pair.away().runUntilIdle();
            assertEquals(new Limiter.Statistics(1, 0, 0), statistics(pair, limiter));
            assertSame(Greenlet.State.CANCELLED, killed.state());
        }
    }

    @Test
    void aBorrowerIsKnownOnEveryLoop() {
        try (SteppedPair pair = new SteppedPair()) {
            Limiter limiter = new Limiter(pair.home().loop(), 3);
            Greenlet<?> borrower = pair.away().spawn(() -> {
                try (Limiter.Lease lease = limiter.acquire()) {
                    IllegalStateException e = assertThrows(IllegalStateException.class, limiter::acquire);
                    assertTrue(e.toString().contains("acquireFor"), e.toString());
                    assertTrue(e.getStackTrace().length > 0 && e.getCause() != null, "both stack traces");
                    assertThrows(IllegalStateException.class, limiter::tryAcquire);
                    assertEquals(1, limiter.statistics().borrowed());
                }
                limiter.acquire().close();
            });
            pair.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, borrower.state());
        }
    }

    @Test
    void aRefusedRequestThatIsWithdrawnDoesNotTouchTheHolder() {
        try (SteppedPair pair = new SteppedPair()) {
            Limiter limiter = new Limiter(pair.home().loop(), 2);
            taken(pair, limiter);
            Greenlet<?> killed = pair.away().spawn(() -> limiter.acquireFor("the test"));
            pair.away().runUntilIdle();
            killed.kill();
            pair.away().runUntilIdle();
            assertEquals(new Limiter.Statistics(2, 1, 0), statistics(pair, limiter));
            pair.home().run(() -> assertThrows(IllegalStateException.class, () -> limiter.tryAcquireFor("the test")));
        }
    }

    @Test
    void tokensAreCountedTriedAndAddedFromElsewhere() {
        Limiter limiter = new Limiter(home, 1);
        away.spawn(() -> {
                    Limiter.Lease lease = limiter.tryAcquire().orElseThrow();
                    assertTrue(limiter.tryAcquireFor("another").isEmpty());
                    limiter.resize(2);
                    assertEquals(2, limiter.capacity());
                    limiter.tryAcquireFor("another").orElseThrow().close();
                    lease.close();
                    assertEquals(new Limiter.Statistics(2, 0, 0), limiter.statistics());
                    assertThrows(IllegalArgumentException.class, () -> limiter.resize(0));
                })
                .join();
    }

    @Test
    void aThreadIsABorrower() throws Exception {
        Limiter limiter = new Limiter(home, 1);
        try (Limiter.Lease lease = limiter.acquire()) {
            assertSame(Thread.currentThread(), lease.borrower());
            assertThrows(IllegalStateException.class, limiter::acquire);
            FutureTask<Boolean> other = inThread(() -> {
                assertThrows(DeadlineExceeded.class, () -> limiter.acquire(SOON));
                return limiter.tryAcquire().isEmpty();
            });
            assertTrue(other.get());
        }
        assertEquals(new Limiter.Statistics(1, 0, 0), limiter.statistics());
    }

    @Test
    void theEndOfTheHomeIsReportedToThoseWhoWaitElsewhere() {
        try (SteppedPair pair = new SteppedPair()) {
            Limiter limiter = new Limiter(pair.home().loop(), 1);
            taken(pair, limiter);
            Greenlet<?> waiting =
                    pair.away().spawn(() -> assertThrows(RejectedExecutionException.class, limiter::acquire));
            pair.runUntilIdle();
            pair.home().close();
            pair.away().runUntilIdle();
            assertSame(Greenlet.State.RETURNED, waiting.state());
        }
    }
}
