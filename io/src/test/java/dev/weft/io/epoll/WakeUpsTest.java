package dev.weft.io.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may wake a selector, and when. */
@Timeout(60)
class WakeUpsTest {
    private final WakeUps wakeUps = new WakeUps();

    @Test
    void oneWakesBetweenTwoSelects() {
        assertTrue(wakeUps.begin());
        assertFalse(wakeUps.begin());
        wakeUps.end();
        assertFalse(wakeUps.begin());
        wakeUps.permit();
        assertTrue(wakeUps.begin());
    }

    @Test
    void theNextMayWakeWhileThePreviousIsStillInItsCall() {
        assertTrue(wakeUps.begin());
        wakeUps.permit(); // the selector is awake already
        assertTrue(wakeUps.begin());
        wakeUps.end();
        wakeUps.end();
    }

    @Test
    void nobodyWakesAfterTheClose() {
        wakeUps.close();
        assertFalse(wakeUps.begin());
        wakeUps.permit();
        assertFalse(wakeUps.begin());
    }

    /** As the descriptor may be somebody else's after the close. */
    @Test
    void nobodyIsStillWakingWhenTheCloseReturns() throws InterruptedException {
        for (int round = 0; round < 500; round++) {
            WakeUps raced = new WakeUps();
            AtomicBoolean closed = new AtomicBoolean();
            AtomicInteger late = new AtomicInteger();
            AtomicInteger woken = new AtomicInteger();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    while (!closed.get()) {
                        if (raced.begin()) {
                            Thread.yield(); // stands for the system call
                            late.addAndGet(closed.get() ? 1 : 0);
                            raced.end();
                            woken.incrementAndGet();
                        }
                        raced.permit();
                    }
                }));
            }
            while (woken.get() == 0) {
                Thread.onSpinWait();
            }
            raced.close();
            closed.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(0, late.get());
        }
    }
}
