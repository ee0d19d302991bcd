package dev.weft.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** With a clock that advances by a microsecond whenever it is read. */
class AdaptiveSpinTest {
    private static final long MILLI = 1L << 20;
    private static final long MICRO = 1_000;
    private static final long FOREVER = Long.MAX_VALUE;

    private long now = 5 * MILLI; // no time for a trial
    private long arrival;
    private final AdaptiveSpin spin = new AdaptiveSpin(() -> now >= arrival, () -> now += MICRO);

    /** Looks while something arrives after {@code micros}; returns whether it was found. */
    private boolean look(long micros, long limitNanos) {
        arrival = now + micros * MICRO;
        return spin.look(limitNanos);
    }

    @Test
    void onlyTheTrialLooksAtFirst() {
        assertFalse(look(2, FOREVER));
        now = 16 * MILLI;
        assertTrue(look(2, FOREVER));
    }

    @Test
    void looksGoOnWhileTheyPay() {
        now = 16 * MILLI;
        assertTrue(look(2, FOREVER));
        now = 20 * MILLI;
        for (int i = 0; i < 100; i++) {
            assertTrue(look(2, FOREVER));
        }
    }

    @Test
    void looksEndWhenTheyPayNoMore() {
        now = 16 * MILLI;
        assertTrue(look(2, FOREVER));
        now = 20 * MILLI;
        for (int i = 0; i < AdaptiveSpin.MISSES; i++) {
            assertTrue(look(30, FOREVER), "late, but found");
        }
        assertFalse(look(2, FOREVER));
    }

    @Test
    void aLookThatPaysForgetsTheMisses() {
        now = 16 * MILLI;
        assertTrue(look(2, FOREVER));
        now = 20 * MILLI;
        for (int i = 0; i < 100; i++) {
            assertTrue(look(i % AdaptiveSpin.MISSES == 0 ? 2 : 30, FOREVER));
        }
    }

    @Test
    void aLookIsBounded() {
        now = 16 * MILLI;
        long begin = now;
        assertFalse(look(1_000_000, FOREVER));
        assertEquals(AdaptiveSpin.LONGEST_NANOS + MICRO, now - begin);
        begin = now;
        assertFalse(look(1_000_000, 10 * MICRO), "not beyond the next timer");
        assertEquals(11 * MICRO, now - begin);
    }
}
