package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Greenlets that park as threads do: no wake-up is lost, whatever came before it. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class JdkParkTest {
    private static final int ROUNDS = 5_000;

    @Test
    void anUnparkBeforeTheParkLetsItReturnAtOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> parking = stepped.spawn(() -> {
                Weft.yieldNow();
                LockSupport.park();
            });
            stepped.spawn(() -> LockSupport.unpark(parking.thread()));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, parking.state());
        }
    }

    @Test
    void aYieldDoesNotEatThePermit() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> parking = stepped.spawn(() -> {
                LockSupport.unpark(Thread.currentThread());
                Weft.yieldNow();
                Thread.yield();
                Weft.sleep(Duration.ZERO);
                LockSupport.park();
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, parking.state());
        }
    }

    /** A timed park whose time is over as it is unparked, and then one without limit: the JDK lost the wake-up of this. */
    @Test
    void anUntimedParkAfterATimedOneIsWoken() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            AtomicInteger asked = new AtomicInteger();
            AtomicInteger granted = new AtomicInteger();
            Greenlet<?> parking = group.spawn(() -> {
                for (int round = 1; round <= ROUNDS; round++) {
                    asked.set(round);
                    LockSupport.parkNanos(1 + round % 50 * 1_000L);
                    while (granted.get() < round) {
                        LockSupport.park();
                    }
                }
            });
            for (int round = 1; round <= ROUNDS; round++) {
                while (asked.get() < round) {
                    Thread.onSpinWait();
                }
                granted.set(round);
                LockSupport.unpark(parking.thread());
            }
            parking.join();
        }
    }

    @Test
    void aWaitWithoutLimitAfterOneThatTimedOutIsWoken() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            SynchronousQueue<CompletableFuture<Integer>> handed = new SynchronousQueue<>();
            Greenlet<Integer> waiting = group.spawn(() -> {
                int sum = 0;
                for (int round = 0; round < ROUNDS; round++) {
                    CompletableFuture<Integer> stage = new CompletableFuture<>();
                    handed.put(stage);
                    try {
                        sum += Weft.await(stage, Duration.ofNanos(round % 50 * 1_000L));
                    } catch (DeadlineExceeded tooLate) {
                        sum += Weft.await(stage);
                    }
                }
                return sum;
            });
            for (int round = 0; round < ROUNDS; round++) {
                handed.take().complete(1);
            }
            assertEquals(ROUNDS, waiting.join());
        }
    }
}
