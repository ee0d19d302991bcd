package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.LoopListener;
import dev.weft.lowlevel.Poller;
import dev.weft.sync.Event;
import dev.weft.sync.Limiter;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class StandstillTest {
    private final BlockingQueue<List<Greenlet<?>>> reports = new LinkedBlockingQueue<>();
    private final Semaphore sleepsForEver = new Semaphore(0);

    private final LoopListener listener = new LoopListener() {
        @Override
        public void onStalled(Loop loop, List<Greenlet<?>> waiting) {
            reports.add(waiting);
        }
    };

    /** A poller that tells when it is asked to sleep for ever: by then a standstill has been reported, or never is. */
    private final class TellingPoller implements Poller {
        private final Semaphore wakeUps = new Semaphore(0);
        private final boolean hasSources;

        TellingPoller(boolean hasSources) {
            this.hasSources = hasSources;
        }

        @Override
        public int poll(long timeoutNanos) {
            if (timeoutNanos == FOREVER) {
                sleepsForEver.release();
                wakeUps.acquireUninterruptibly();
            } else if (timeoutNanos > 0 && wakeUps.tryAcquire()) {
                wakeUps.drainPermits();
            }
            return 0; // a time limit is over at once
        }

        @Override
        public void wakeup() {
            wakeUps.release();
        }

        @Override
        public boolean hasSources() {
            return hasSources;
        }

        @Override
        public void close() {}
    }

    private LoopGroup open(int loops) {
        return open(loops, false);
    }

    private LoopGroup open(int loops, boolean hasSources) {
        return LoopGroup.builder()
                .loops(loops)
                .listener(listener)
                .poller(() -> new TellingPoller(hasSources))
                .open();
    }

    /** Spawns {@code body} and waits until its loop sleeps for ever, some greenlet having run. */
    private Greenlet<?> spawnAndLetSleep(Loop loop, Action body) throws Exception {
        CountDownLatch ran = new CountDownLatch(1);
        Greenlet<?> greenlet = loop.spawn("waiting", () -> {
            ran.countDown();
            body.run();
        });
        ran.await();
        do {
            sleepsForEver.acquire();
        } while (greenlet.state() != Greenlet.State.WAITING);
        return greenlet;
    }

    @Test
    void twoThatJoinEachOtherAreReportedOnceWithWhatTheyWaitFor() throws Exception {
        try (LoopGroup group = open(1)) {
            CompletableFuture<Greenlet<?>> second = new CompletableFuture<>();
            Greenlet<?> first = group.spawn(() -> Weft.await(second).join());
            second.complete(spawnAndLetSleep(group.next(), first::join));
            List<Greenlet<?>> waiting = reports.take();
            assertEquals(2, waiting.size());
            assertSame(first, waiting.get(0));
            assertEquals("the end of greenlet \"waiting\"", waiting.get(0).waitingOn());
            first.kill();
        }
        assertTrue(reports.isEmpty(), "once, and not again because of the kill");
    }

    @Test
    void anEventThatNobodySetsAndATokenThatNobodyGivesBackAreReported() throws Exception {
        try (LoopGroup group = open(1)) {
            Loop loop = group.next();
            Limiter limiter = new Limiter(loop, 1);
            spawnAndLetSleep(loop, () -> {
                limiter.acquireFor("one who forgets");
                limiter.acquire();
            });
            assertEquals(1, reports.take().size());
            spawnAndLetSleep(loop, () -> new Event().await());
            assertEquals(2, reports.take().size(), "something ran, so it is another standstill");
        }
    }

    @Test
    void whatAnotherThreadCanEndIsNotReported() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<String> future = new CompletableFuture<>();
        Semaphore permit = new Semaphore(0);
        List<Action> waits = List.of(
                () -> Weft.offload(() -> {
                    go.await();
                    return null;
                }),
                () -> Weft.await(future),
                () -> permit.acquire());
        for (Action wait : waits) {
            try (LoopGroup group = open(1)) {
                spawnAndLetSleep(group.next(), wait);
                assertTrue(reports.isEmpty(), reports::toString);
                go.countDown();
            }
        }
    }

    @Test
    void aWaitOfAnotherThreadCountsOnlyWhileItLasts() throws Exception {
        try (LoopGroup group = open(1)) {
            CompletableFuture<String> future = new CompletableFuture<>();
            CompletableFuture<String> abandoned = new CompletableFuture<>();
            List<Greenlet<?>> all = new ArrayList<>();
            all.add(group.spawn(() -> Weft.await(abandoned)));
            all.add(group.spawn(() -> Weft.await(CompletableFuture.completedFuture("at once"))));
            all.add(spawnAndLetSleep(group.next(), () -> {
                Weft.await(future);
                new Event().await();
            }));
            assertTrue(reports.isEmpty(), reports::toString);
            all.get(0).kill();
            future.complete("done");
            assertEquals(1, reports.take().size());
        }
    }

    @Test
    void aHandleASourceAndAnotherLoopCountAsAlive() throws Exception {
        try (LoopGroup group = open(1)) {
            Loop.Handle handle = group.next().keepAlive();
            spawnAndLetSleep(group.next(), () -> new Event().await());
            assertTrue(reports.isEmpty(), reports::toString);
            handle.close();
            handle.close();
            spawnAndLetSleep(group.next(), () -> new Event().await());
            assertEquals(2, reports.take().size());
        }
        try (LoopGroup group = open(1, true)) {
            spawnAndLetSleep(group.next(), () -> new Event().await());
            assertTrue(reports.isEmpty(), reports::toString);
        }
        try (LoopGroup group = open(2)) {
            CompletableFuture<String> end = new CompletableFuture<>();
            spawnAndLetSleep(group.loops().get(1), () -> Weft.await(end));
            spawnAndLetSleep(group.loops().get(0), () -> new Event().await());
            assertTrue(reports.isEmpty(), reports::toString);
        }
    }

    @Test
    void anEmptyLoopAndOneWithATimerAreNotReported() throws Exception {
        try (LoopGroup group = open(1)) {
            group.spawn(() -> {}).join();
            sleepsForEver.acquire();
            Greenlet<?> sleeping = group.spawn(() -> Weft.sleep(Duration.ofHours(1)));
            while (sleeping.state() != Greenlet.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        assertTrue(reports.isEmpty(), reports::toString);
    }
}
