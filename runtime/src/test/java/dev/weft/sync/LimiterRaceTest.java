package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Three loops and a plain thread on one limiter: there are never more holders than tokens, and all tokens come back, whoever
 * is killed or times out meanwhile.
 */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
@SuppressWarnings("try") // a lease is held, and not spoken of
class LimiterRaceTest {
    private static final int TOKENS = 2;

    private final AtomicInteger holders = new AtomicInteger();

    @Test
    void noTokenIsLostOrGrantedTwice() throws Exception {
        race(500);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void noTokenIsLostOrGrantedTwiceInALongRun() throws Exception {
        race(50_000);
    }

    private void race(int rounds) throws Exception {
        try (LoopGroup group = LoopGroup.open(3)) {
            Limiter limiter = new Limiter(group.loops().get(0), TOKENS);
            List<Greenlet<?>> drivers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                SplittableRandom random = new SplittableRandom(i);
                Loop loop = group.loops().get(i % 3);
                drivers.add(loop.spawn(() -> drive(limiter, loop, rounds, random)));
            }
            FutureTask<?> thread = new FutureTask<>(() -> borrowRepeatedly(limiter, rounds), null);
            new Thread(thread, "racer").start();
            for (Greenlet<?> driver : drivers) {
                driver.join();
            }
            thread.get();
            assertEquals(new Limiter.Statistics(TOKENS, 0, 0), limiter.statistics());
        }
    }

    /** Spawns borrowers, one after the other, and kills some of them at any moment. */
    private void drive(Limiter limiter, Loop loop, int rounds, SplittableRandom random) {
        for (int i = 0; i < rounds; i++) {
            Duration timeout = Duration.ofNanos(random.nextInt(200_000));
            boolean isTimed = random.nextInt(4) == 0;
            Greenlet<?> borrower = loop.spawn(() -> {
                try {
                    borrow(isTimed ? limiter.acquire(timeout) : limiter.acquire());
                } catch (DeadlineExceeded e) {
                    assertTrue(isTimed);
                }
            });
            if (random.nextInt(3) == 0) {
                for (int yields = random.nextInt(5); yields > 0; yields--) {
                    Weft.yieldNow();
                }
                borrower.kill();
            }
            try {
                borrower.join();
            } catch (Cancelled killed) {
                assertEquals(Greenlet.State.CANCELLED, borrower.state());
            }
        }
    }

    private void borrowRepeatedly(Limiter limiter, int rounds) {
        for (int i = 0; i < rounds; i++) {
            try (Limiter.Lease lease = limiter.acquire()) {
                assertTrue(holders.incrementAndGet() <= TOKENS);
                holders.decrementAndGet();
            }
        }
    }

    private void borrow(Limiter.Lease granted) {
        try (granted) {
            assertTrue(holders.incrementAndGet() <= TOKENS);
            try {
                Weft.yieldNow();
            } finally {
                holders.decrementAndGet();
            }
        }
    }
}
