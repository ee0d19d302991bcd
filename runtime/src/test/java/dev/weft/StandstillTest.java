package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.LoopListener;
import dev.weft.spi.Owners;
import dev.weft.spi.Poller;
import dev.weft.spi.Waiter;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.sync.Limiter;
import dev.weft.sync.Select;
import dev.weft.testing.ManualClock;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
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
    private final BlockingQueue<String> asleep = new LinkedBlockingQueue<>(); // names of loops, for ever

    private final LoopListener listener = new LoopListener() {
        @Override
        public void onStalled(Loop loop, List<Greenlet<?>> waiting) {
            reports.add(waiting);
        }
    };

    /** A poller that tells when it is asked to sleep for ever: by then a standstill has been reported, or never is. */
    private class TellingPoller implements Poller {
        private final Semaphore wakeUps = new Semaphore(0);
        private final boolean hasSources;

        TellingPoller(boolean hasSources) {
            this.hasSources = hasSources;
        }

        @Override
        public int poll(long timeoutNanos) {
            if (timeoutNanos == FOREVER) {
                asleep.add(Thread.currentThread().getName());
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

    /** As a poller that is woken for nothing every 40 ms, by a clock of its own. */
    private final class RestlessPoller extends TellingPoller {
        private final ManualClock clock = new ManualClock();
        private final List<Duration> naps = new CopyOnWriteArrayList<>();

        RestlessPoller() {
            super(false);
        }

        @Override
        public int poll(long timeoutNanos) {
            if (timeoutNanos > 0 && timeoutNanos != FOREVER) {
                naps.add(Duration.ofNanos(timeoutNanos));
                clock.advance(Duration.ofMillis(40));
            }
            return super.poll(timeoutNanos);
        }
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
        asleep.clear();
        CountDownLatch ran = new CountDownLatch(1);
        Greenlet<?> greenlet = loop.spawn("waiting", () -> {
            ran.countDown();
            body.run();
        });
        ran.await();
        while (!asleep.take().equals(loop.name()) || greenlet.state() != Greenlet.State.WAITING) {}
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
    void aChannelThatNobodySendsToIsReported() throws Exception {
        try (LoopGroup group = open(1)) {
            spawnAndLetSleep(group.next(), () -> Channel.<String>rendezvous().receive());
            assertEquals(1, reports.take().size());
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
                () -> Weft.select(
                        Select.on(Channel.<String>rendezvous().receiving()), Select.on(Weft.completion(future))),
                () -> permit.acquire(),
                () -> Weft.await(new OpenToAll()));
        for (Action wait : waits) {
            try (LoopGroup group = open(1)) {
                spawnAndLetSleep(group.next(), wait);
                assertTrue(reports.isEmpty(), reports::toString);
                go.countDown();
            }
        }
    }

    /** A wait for requests that any thread may send. */
    private static final class OpenToAll implements Awaitable<String> {
        @Override
        public void subscribe(Waiter<? super String> waiter) {}

        @Override
        public boolean unsubscribe(Waiter<? super String> waiter) {
            return true;
        }

        @Override
        public Owners owners() {
            return Owners.outside(Owners.Kind.OTHER, this);
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
            asleep.take();
            Greenlet<?> sleeping = group.spawn(() -> Weft.sleep(Duration.ofHours(1)));
            while (sleeping.state() != Greenlet.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        assertTrue(reports.isEmpty(), reports::toString);
    }

    @Test
    void aWakeUpWithoutWorkNeitherReportsEarlyNorPutsTheReportOff() throws Exception {
        RestlessPoller poller = new RestlessPoller();
        try (LoopGroup group = LoopGroup.builder()
                .listener(listener)
                .clock(poller.clock)
                .poller(() -> poller)
                .open()) {
            asleep.take(); // it found nobody, and sleeps
            poller.naps.clear();
            spawnAndLetSleep(group.next(), () -> new Event().await());
            assertEquals(1, reports.take().size());
            assertEquals(
                    List.of(Duration.ofMillis(100), Duration.ofMillis(60), Duration.ofMillis(20)),
                    poller.naps,
                    "each sleep is for what is left of the 100 ms of idleness");
        }
    }

    @Test
    void everyStandstillIsToldToTheListenerAndTheFirstIsLogged() throws Exception {
        ChildJvm.Result result = ChildJvm.run(StandsStillThreeTimes.class, ChildJvm.FLAG);
        assertEquals(0, result.exitCode(), result.output());
        assertEquals(
                1,
                result.lines().stream()
                        .filter(line -> line.contains("weft-0 is stalled"))
                        .count(),
                result.output());
        assertTrue(result.output().contains("told 3 times"), result.output());
    }

    /** One more greenlet waits for ever each time that the listener is told. */
    static final class StandsStillThreeTimes {
        public static void main(String[] args) throws Exception {
            Semaphore told = new Semaphore(0);
            LoopListener counting = new LoopListener() {
                @Override
                public void onStalled(Loop loop, List<Greenlet<?>> waiting) {
                    told.release();
                }
            };
            try (LoopGroup group = LoopGroup.builder().listener(counting).open()) {
                for (int i = 0; i < 3; i++) {
                    group.spawn(() -> new Event().await());
                    told.acquire();
                }
                System.out.println("told 3 times");
            }
        }
    }
}
