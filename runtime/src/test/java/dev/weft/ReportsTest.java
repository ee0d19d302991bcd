package dev.weft;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import java.util.List;
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
    private static final int MOST_UNWRITTEN = 10_000;

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
        try (CapturedLog log = new CapturedLog()) {
            try (Failing failing = new Failing(1_500)) {
                failing.ended.await();
            }
            assertEquals(1_500, log.lines.stream().distinct().count());
        }
    }

    @Test
    void aLoggerThatHangsHoldsNeitherTheLoopsNorTheMemory() throws Exception {
        int failures = MOST_UNWRITTEN + 200;
        ReentrantLock lock = new ReentrantLock();
        try (CapturedLog log = new CapturedLog(lock)) {
            lock.lock();
            try (Failing failing = new Failing(failures)) {
                try {
                    failing.awaitReports();
                } finally {
                    lock.unlock();
                }
            }
            List<String> told = log.lines.stream()
                    .filter(line -> line.contains(" reports were dropped"))
                    .toList();
            assertEquals(1, told.size(), told::toString);
            int dropped = Integer.parseInt(told.get(0).split(" ", -1)[0]);
            assertTrue(dropped > 0, told::toString);
            assertEquals(failures - dropped, log.lines.size() - 1);
        }
    }

    /** A group in which greenlets fail, and nobody waits for them. */
    private static final class Failing implements AutoCloseable, LoopListener {
        final CountDownLatch ended;
        private final LoopGroup group;

        Failing(int greenlets) {
            ended = new CountDownLatch(greenlets);
            group = LoopGroup.builder().loops(3).listener(this).open();
            for (int i = 0; i < greenlets; i++) {
                group.next().spawn("fails " + i, () -> {
                    throw new IllegalStateException("nobody waits for it");
                });
            }
        }

        /** Waits until all have ended, and the loops have passed all failures on: they do so with their next turns. */
        void awaitReports() throws InterruptedException {
            ended.await();
            for (Loop loop : group.loops()) {
                loop.call(Weft::yieldNow);
            }
        }

        @Override
        public void onEnd(Loop loop, Greenlet<?> greenlet) {
            ended.countDown();
        }

        @Override
        public void close() {
            group.close();
        }
    }
}
