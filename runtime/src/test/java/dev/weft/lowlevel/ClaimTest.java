package dev.weft.lowlevel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ClaimTest {
    private static final int ROUNDS = 20_000;

    @Test
    void itIsTakenOnce() {
        Claim claim = new Claim();
        assertTrue(claim.isOpen());
        assertTrue(claim.tryTake());
        assertFalse(claim.isOpen());
        assertFalse(claim.tryTake());
    }

    @Test
    void ofTwoBothAreTakenOrNone() {
        Claim one = new Claim();
        Claim other = new Claim();
        assertTrue(Claim.tryTakeBoth(one, other));
        Claim open = new Claim();
        assertFalse(Claim.tryTakeBoth(open, one));
        assertFalse(Claim.tryTakeBoth(one, open));
        assertTrue(open.isOpen());
        assertFalse(Claim.tryTakeBoth(open, open));
        assertTrue(Claim.tryTakeBoth(open, null));
        assertTrue(Claim.tryTakeBoth(null, null));
    }

    @Test
    void threadsThatWantTwoOfThreeInARingNeverWaitForEachOtherAndOneOfThemGetsThem() throws Exception {
        Claim[][] rings = new Claim[ROUNDS][3];
        for (Claim[] ring : rings) {
            for (int i = 0; i < 3; i++) {
                ring[i] = new Claim();
            }
        }
        AtomicIntegerArray winners = new AtomicIntegerArray(ROUNDS);
        CyclicBarrier start = new CyclicBarrier(3);
        Thread[] threads = new Thread[3];
        for (int t = 0; t < 3; t++) {
            int number = t;
            threads[t] = new Thread(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                for (int i = 0; i < ROUNDS; i++) {
                    if (Claim.tryTakeBoth(rings[i][number], rings[i][(number + 1) % 3])) {
                        winners.incrementAndGet(i);
                    }
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        for (int i = 0; i < ROUNDS; i++) {
            assertEquals(1, winners.get(i), "in round " + i);
            int taken = 0;
            for (Claim claim : rings[i]) {
                taken += claim.isOpen() ? 0 : 1;
            }
            assertEquals(2, taken);
        }
    }
}
