package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.FAILED;
import static dev.weft.Greenlet.State.READY;
import static dev.weft.Greenlet.State.RETURNED;
import static dev.weft.Greenlet.State.RUNNING;
import static dev.weft.Greenlet.State.WAITING;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The arrows of the table over {@link Greenlet.State}, each by its name. */
@ExtendWith(NoGreenletLeaks.class)
class StateTest {
    private static final Duration LONG = Duration.ofHours(1);

    private final SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> {});

    @AfterEach
    void close() {
        stepped.close();
    }

    @Test
    void newToReady() {
        stepped.run(() -> {
            assertSame(READY, Weft.spawn(() -> {}).state());
            return "";
        });
    }

    @Test
    void readyToRunning() {
        assertSame(RUNNING, stepped.run(() -> Greenlet.current().state()));
    }

    @Test
    void runningToReadyByYielding() {
        Greenlet<?> yielding = stepped.spawn(() -> {
            Weft.yieldNow();
            assertSame(READY, stepped.loop().greenlets().get(1).state());
        });
        Greenlet<?> looking = stepped.spawn(() -> {
            assertSame(READY, yielding.state());
            Weft.yieldNow();
        });
        stepped.runUntilIdle();
        assertSame(RETURNED, yielding.state());
        assertSame(RETURNED, looking.state());
    }

    @Test
    void runningToReadyByBeingWokenWhileAboutToWait() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            LockSupport.unpark(Thread.currentThread());
            LockSupport.park();
        });
        stepped.runUntilIdle();
        assertSame(RETURNED, greenlet.state());
    }

    @Test
    void runningToWaiting() {
        Greenlet<?> inWeft = stepped.spawn(() -> Weft.sleep(LONG));
        Greenlet<?> inTheJdk = stepped.spawn(() -> LockSupport.park());
        stepped.runUntilIdle();
        assertSame(WAITING, inWeft.state());
        assertSame(WAITING, inTheJdk.state());
        LockSupport.unpark(inTheJdk.thread());
        stepped.runUntilIdle();
        assertSame(RETURNED, inTheJdk.state());
    }

    @Test
    void waitingToReady() {
        Greenlet<?> source = stepped.spawn(Weft::yieldNow);
        Greenlet<?> joiner = stepped.spawn(() -> source.join());
        boolean[] seen = {false};
        stepped.spawn(() -> {
            while (joiner.state() == WAITING) {
                Weft.yieldNow();
            }
            seen[0] = joiner.state() == READY || joiner.state() == RETURNED;
        });
        stepped.runUntilIdle();
        assertTrue(seen[0]);
    }

    @Test
    void runningToReturned() {
        Greenlet<?> greenlet = stepped.spawn(() -> {});
        stepped.runUntilIdle();
        assertSame(RETURNED, greenlet.state());
        assertTrue(greenlet.state().isDone());
    }

    @Test
    void runningToFailed() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            throw new IllegalStateException("failed");
        });
        stepped.runUntilIdle();
        assertSame(FAILED, greenlet.state());
        assertTrue(greenlet.state().isDone());
    }

    @Test
    void runningToCancelled() {
        Greenlet<?> greenlet = stepped.spawn(() -> Weft.sleep(LONG));
        stepped.runUntilIdle();
        assertFalse(greenlet.state().isDone());
        greenlet.kill();
        stepped.runUntilIdle();
        assertSame(CANCELLED, greenlet.state());
    }

    @Test
    void waitingToCancelledWhenItsLoopCannotWaitAnyLonger() {
        LoopGroup group = LoopGroup.open();
        Greenlet<?> deaf = group.spawn(() -> {
            while (true) {
                try {
                    Weft.sleep(LONG);
                } catch (Cancelled e) {
                    // Deaf.
                }
            }
        });
        group.spawn(() -> {}).join();
        group.close(Duration.ofMillis(10));
        assertSame(CANCELLED, deaf.state());
        assertThrows(Cancelled.class, deaf::join);
    }
}
