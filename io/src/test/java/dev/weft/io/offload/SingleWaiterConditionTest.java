package dev.weft.io.offload;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.spi.Poller;
import dev.weft.testing.NoGreenletLeaks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(30)
final class SingleWaiterConditionTest {
    /** Wakes its loop and throws, once, when the greenlet that was woken has passed. */
    private static final class FailingPoller implements Poller {
        final CompletableFuture<Void> passed = new CompletableFuture<>();
        private final Semaphore wakeUps = new Semaphore(0);
        private volatile boolean failing;
        private volatile boolean asleep;

        void failOnceWhenAsleep() {
            while (!asleep) {
                Thread.onSpinWait();
            }
            failing = true;
        }

        @Override
        public int poll(long timeoutNanos) {
            asleep = timeoutNanos > 0;
            try {
                if (wakeUps.tryAcquire(Math.max(0, timeoutNanos), TimeUnit.NANOSECONDS)) {
                    wakeUps.drainPermits();
                }
            } catch (InterruptedException e) {
                // It stands for nothing.
            }
            asleep = false;
            return 0;
        }

        @Override
        public void wakeup() {
            wakeUps.release();
            if (failing) {
                failing = false;
                passed.join();
                throw new InternalError("thrown by a test");
            }
        }

        @Override
        public boolean hasSources() {
            return false;
        }

        @Override
        public void close() {}
    }

    @Test
    void aSignalThatFailsAfterItHasWokenLeavesTheGateToTheNextWait() throws Exception {
        FailingPoller poller = new FailingPoller();
        CompletableFuture<Void> again = new CompletableFuture<>();
        SingleWaiterCondition gate = new SingleWaiterCondition(() -> false, "a gate");
        try (LoopGroup group = LoopGroup.builder().poller(() -> poller).open()) {
            Greenlet<?> waiter = group.spawn(() -> {
                gate.await(null);
                poller.passed.complete(null);
                Weft.await(again);
                gate.await(null);
            });
            untilWaitingOn(waiter, "a gate");
            poller.failOnceWhenAsleep();
            assertThrows(InternalError.class, gate::signal);
            again.complete(null);
            untilWaitingOn(waiter, "a gate");
            gate.signal();
            waiter.join();
        }
    }

    private static void untilWaitingOn(Greenlet<?> greenlet, String target) {
        while (!greenlet.state().isDone()
                && !(greenlet.waitingOn().equals(target) // first, as it is seen as soon as the wait begins
                        && greenlet.state() == Greenlet.State.WAITING)) {
            Thread.onSpinWait();
        }
    }
}
