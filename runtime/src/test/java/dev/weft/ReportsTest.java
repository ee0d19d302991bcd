package dev.weft;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What nobody else takes is logged, all of it, and the loop waits for no logger. */
@ExtendWith(NoGreenletLeaks.class)
class ReportsTest {
    @Test
    @Timeout(120)
    void aLoopDoesNotStandInLineBehindItsOwnGreenletForTheLoggersLock() {
        ReentrantLock lock = new ReentrantLock();
        CompletableFuture<Thread> next = new CompletableFuture<>();
        try (CapturedLog log = new CapturedLog(lock)) {
            try (LoopGroup group = LoopGroup.open()) {
                lock.lock(); // somebody else is logging
                try {
                    group.next().spawn("next", () -> take(lock, next));
                    awaitQueued(lock, 1);
                    group.next().spawn("fails", () -> {
                        throw new IllegalStateException("nobody waits for it");
                    });
                    awaitQueued(lock, 2);
                } finally {
                    lock.unlock();
                }
                assertDoesNotThrow(() -> next.get(20, TimeUnit.SECONDS));
            }
            assertEquals(1, log.lines.size(), log.lines::toString);
            assertTrue(log.lines.get(0).startsWith("greenlet \"fails\", spawned at dev.weft.ReportsTest"));
        }
    }

    private static void take(ReentrantLock lock, CompletableFuture<Thread> taken) {
        lock.lock();
        try {
            taken.complete(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    private static void awaitQueued(ReentrantLock lock, int threads) {
        while (lock.getQueueLength() < threads) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatManyLoopsReportAtOnceIsAllWrittenWhenTheirGroupIsClosed() throws Exception {
        int failures = 1_500;
        CountDownLatch ended = new CountDownLatch(failures);
        LoopListener listener = new LoopListener() {
            @Override
            public void onEnd(Loop loop, Greenlet<?> greenlet) {
                ended.countDown();
            }
        };
        try (CapturedLog log = new CapturedLog()) {
            try (LoopGroup group =
                    LoopGroup.builder().loops(3).listener(listener).open()) {
                for (int i = 0; i < failures; i++) {
                    group.next().spawn("fails " + i, () -> {
                        throw new IllegalStateException("nobody waits for it");
                    });
                }
                ended.await();
            }
            assertEquals(failures, log.lines.stream().distinct().count());
        }
    }
}
