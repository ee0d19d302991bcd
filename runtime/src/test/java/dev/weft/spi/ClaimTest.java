package dev.weft.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;
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
        Waiter<Object> one = new Claimable(new Claim());
        Waiter<Object> other = new Claimable(new Claim());
        assertTrue(one.tryClaimWith(other));
        assertFalse(other.isOpen());
        Waiter<Object> open = new Claimable(new Claim());
        assertFalse(open.tryClaimWith(one));
        assertFalse(one.tryClaimWith(open));
        assertTrue(open.isOpen());
        assertFalse(open.tryClaimWith(open));
        assertTrue(open.tryClaimWith(new Claimable(null)));
        assertFalse(open.isOpen());
        assertTrue(new Claimable(null).tryClaimWith(new Claimable(null)));
    }

    /** A wait of which only the claim matters. */
    private static final class Claimable extends Waiter<Object> {
        private final @Nullable Claim claim;

        Claimable(@Nullable Claim claim) {
            this.claim = claim;
        }

        @Override
        public @Nullable Claim claim() {
            return claim;
        }

        @Override
        public void succeed(Object value) {}

        @Override
        public void fail(Throwable failure) {}
    }

    @Test
    void threadsThatWantTwoOfThreeInARingNeverWaitForEachOtherAndOneOfThemGetsThem() throws Exception {
        Claimable[][] rings = new Claimable[ROUNDS][3];
        for (Claimable[] ring : rings) {
            for (int i = 0; i < 3; i++) {
                ring[i] = new Claimable(new Claim());
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
                    if (rings[i][number].tryClaimWith(rings[i][(number + 1) % 3])) {
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
            for (Claimable waiter : rings[i]) {
                taken += waiter.isOpen() ? 0 : 1;
            }
            assertEquals(2, taken);
        }
    }
}
