package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
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
@SuppressWarnings("try") // a lease is held, and not spoken of
class LimiterTest {
    private static final Duration MILLI = Duration.ofMillis(1);
    private final Recorder happened = new Recorder();

    private Greenlet<?> holder(SteppedLoop stepped, Limiter limiter, Object name) {
        return stepped.spawn(() -> {
            try (Limiter.Lease lease = limiter.acquire()) {
                assertSame(Greenlet.current(), lease.borrower());
                happened.add(name);
                Weft.sleep(MILLI);
            }
        });
    }

    @Test
    void asManyAsThereAreTokensGoOnAndTheRestWaitsInTurn() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Limiter limiter = new Limiter(stepped.loop(), 2);
            for (int i = 0; i < 5; i++) {
                holder(stepped, limiter, i);
            }
            stepped.runUntilIdle();
            happened.assertHappened(0, 1);
            assertEquals(new Limiter.Statistics(2, 2, 3), stepped.run(limiter::statistics));
            stepped.advance(MILLI);
            happened.assertHappened(2, 3);
            stepped.advance(MILLI.multipliedBy(2));
            happened.assertHappened(4);
            assertEquals(new Limiter.Statistics(2, 0, 0), stepped.run(limiter::statistics));
        }
    }

    @Test
    void oneWhoComesLaterDoesNotOvertakeOneWhoWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Limiter limiter = new Limiter(stepped.loop(), 1);
            Greenlet<?> holder = stepped.spawn(() -> {
                Limiter.Lease lease = limiter.acquire();
                Weft.sleep(MILLI);
                lease.close();
                assertTrue(limiter.tryAcquire().isEmpty(), "the token belongs to the one who waited");
            });
            holder(stepped, limiter, "waited");
            stepped.advance(MILLI.multipliedBy(2));
            happened.assertHappened("waited");
            assertSame(Greenlet.State.RETURNED, holder.state());
        }
    }

    @Test
    void aBorrowerThatAsksForASecondTokenIsToldSo() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Limiter limiter = new Limiter(2);
                try (Limiter.Lease lease = limiter.acquire()) {
                    IllegalStateException e = assertThrows(IllegalStateException.class, limiter::acquire);
                    assertTrue(e.toString().contains("acquireFor"), e.toString());
                    assertThrows(IllegalStateException.class, limiter::tryAcquire);
                    limiter.acquireFor("another").close();
                    assertEquals(1, limiter.statistics().borrowed());
                    lease.close(); // and once more at the end of the block
                }
                limiter.acquire().close();
                assertEquals(new Limiter.Statistics(2, 0, 0), limiter.statistics());
                return null;
            });
        }
    }

    @Test
    void tryAcquireNeverWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Limiter limiter = new Limiter(1);
                Limiter.Lease lease = limiter.tryAcquire().orElseThrow();
                assertTrue(limiter.tryAcquireFor("another").isEmpty());
                assertEquals(new Limiter.Statistics(1, 1, 0), limiter.statistics());
                lease.close();
                limiter.tryAcquireFor("another").orElseThrow().close();
                return null;
            });
        }
    }

    @Test
    void aTokenGivenToOneWhoHasJustTimedOutOrWasKilledGoesToTheNext() {
        SteppedLoop.underSeeds(200, stepped -> {
            Limiter limiter = new Limiter(stepped.loop(), 1);
            NineBorrowers.assertAllWhoStillWantItAreServed(
                    stepped,
                    () -> aloneWith(limiter, limiter.acquire(MILLI)),
                    () -> aloneWith(limiter, limiter.acquire()));
            assertEquals(new Limiter.Statistics(1, 0, 0), stepped.run(limiter::statistics));
        });
    }

    private static Limiter.Lease aloneWith(Limiter limiter, Limiter.Lease lease) {
        assertEquals(1, limiter.statistics().borrowed());
        return lease;
    }

    @Test
    void moreTokensGoToThoseWhoWaitAndFewerAreWaitedFor() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Limiter limiter = new Limiter(stepped.loop(), 1);
            for (int i = 0; i < 6; i++) {
                holder(stepped, limiter, i);
            }
            stepped.spawn(() -> limiter.resize(3));
            stepped.runUntilIdle();
            happened.assertHappened(0, 1, 2);
            stepped.spawn(() -> limiter.resize(1));
            stepped.advance(MILLI);
            happened.assertHappened(3);
            assertEquals(1, stepped.run(limiter::capacity));
            stepped.advance(MILLI.multipliedBy(3));
            happened.assertHappened(4, 5);
        }
    }

    @Test
    void aLeaseIsClosedFromAnyThread() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Limiter limiter = new Limiter(group.next(), 1);
            Limiter.Lease lease = group.spawn(() -> limiter.acquire()).join();
            Greenlet<?> waiting = group.spawn(() -> limiter.acquire().close());
            Thread other = new Thread(lease::close);
            other.start();
            waiting.join();
            other.join();
        }
    }

    @Test
    void aLimiterWithoutTokensIsRefused() {
        try (LoopGroup group = LoopGroup.open()) {
            IllegalArgumentException e =
                    assertThrows(IllegalArgumentException.class, () -> new Limiter(group.next(), 0));
            assertTrue(e.toString().contains("at least one: 0"), e.toString());
        }
    }
}
