package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.Claim;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PermitsTest {
    private final Permits places = new Permits(Owners.Kind.LIMITER, 1, "a place of", "the test", List::of);

    /** A wait that may have been won on another thread. */
    private static final class Wait extends Waiter<@Nullable Void> {
        private final Claim claim = new Claim();
        private boolean served;
        private @Nullable Throwable failure;

        @Override
        public void succeed(@Nullable Void place) {
            served = true;
        }

        @Override
        public void fail(Throwable cause) {
            failure = cause;
        }

        @Override
        public Claim claim() {
            return claim;
        }
    }

    @Test
    void aPlaceGoesToNoWaitThatWasWonElsewhere() {
        Wait won = new Wait();
        won.claim.tryTake();
        places.subscribe(won);
        assertFalse(won.served);
        assertEquals(0, places.held(), "the place is still there");
    }

    @Test
    void aPlaceThatComesBackGoesPastAWaitThatWasWonMeanwhile() {
        Wait won = new Wait();
        Wait next = new Wait();
        assertTrue(places.tryTake());
        places.subscribe(won);
        places.subscribe(next);
        won.claim.tryTake();
        places.release();
        assertFalse(won.served);
        assertTrue(next.served);
        assertEquals(1, places.held());
    }

    @Test
    void fewerPlacesThanAreHeldAreGivenToNobodyUntilEnoughHaveComeBack() {
        places.resize(2);
        assertTrue(places.tryTake());
        assertTrue(places.tryTake());
        Wait waiting = new Wait();
        places.subscribe(waiting);
        places.resize(1);
        places.release();
        assertFalse(waiting.served);
        places.release();
        assertTrue(waiting.served);
    }

    @Test
    void whoIsTurnedAwayGetsAFailureOfItsOwn() {
        assertTrue(places.tryTake());
        Wait first = new Wait();
        Wait second = new Wait();
        places.subscribe(first);
        places.subscribe(second);
        places.failWaiters(() -> new IllegalStateException("closed"));
        assertTrue(first.failure instanceof IllegalStateException && second.failure instanceof IllegalStateException);
        assertFalse(first.failure == second.failure);
        places.release();
        assertEquals(0, places.held());
    }
}
