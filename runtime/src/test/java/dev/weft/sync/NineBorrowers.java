package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Nine who want one thing, each for a millisecond. Every third waits no longer than that, and two are killed then: the thing
 * comes back in the turn in which it is given up on, and must go to those who still want it.
 */
@SuppressWarnings("try") // a lease is held, and not spoken of
final class NineBorrowers {
    private static final Duration MILLI = Duration.ofMillis(1);

    private NineBorrowers() {}

    static void assertAllWhoStillWantItAreServed(
            SteppedLoop stepped, Callable<? extends AutoCloseable> timed, Callable<? extends AutoCloseable> untimed) {
        List<Greenlet<?>> all = new ArrayList<>();
        List<Integer> served = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            int number = i;
            all.add(stepped.spawn(() -> {
                try (AutoCloseable lease = number % 3 == 0 ? timed.call() : untimed.call()) {
                    Weft.sleep(MILLI); // ends in the turn in which others time out
                    served.add(number);
                } catch (DeadlineExceeded e) {
                    assertEquals(0, number % 3);
                }
            }));
        }
        stepped.spawn(() -> {
            Weft.sleep(MILLI);
            all.get(1).kill();
            all.get(4).kill();
        });
        stepped.advance(MILLI.multipliedBy(20));
        assertTrue(served.containsAll(List.of(2, 5, 7, 8)), () -> "served: " + served);
    }
}
