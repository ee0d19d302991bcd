package dev.weft.diagnostics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.kernel.EventLoop;
import dev.weft.loop.RunLoop;
import dev.weft.spi.LoopListener;
import dev.weft.spi.Poller;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class WatchdogTest {
    private static final Duration LIMIT = Duration.ofSeconds(1);
    private final Recorder happened = new Recorder();
    private volatile boolean over;
    private long lookedMillis;

    /** Records who was reported, for how long, and whether the stack shows this test. */
    private final LoopListener listener = new LoopListener() {
        @Override
        public void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {
            boolean shown = Arrays.stream(where)
                    .anyMatch(frame -> frame.getClassName().startsWith(WatchdogTest.class.getName()));
            happened.add(greenlet.name() + " for " + held.toSeconds() + " s, shown: " + shown);
        }

        @Override
        public void onBlockedLoop(Loop loop, String what, Duration held, StackTraceElement[] where) {
            boolean shown = Arrays.stream(where)
                    .anyMatch(frame -> frame.getClassName().startsWith(WatchdogTest.class.getName()));
            happened.add(what + " for " + held.toSeconds() + " s, shown: " + shown);
        }
    };

    private static Watchdog watch(LoopGroup group) {
        return new Watchdog(
                group.loops().stream()
                        .map(loop -> ((RunLoop) loop).probe(LIMIT))
                        .toList(),
                LIMIT);
    }

    /** Has {@code watch} look every 100 ms until {@code untilMillis}, and waits until the listener knows what it has seen. */
    private void lookUntil(Watchdog watch, LoopGroup group, long untilMillis) throws Exception {
        for (long millis = lookedMillis; millis <= untilMillis; millis += 100) {
            watch.tick(millis * 1_000_000);
        }
        lookedMillis = untilMillis;
        awaitListener(group);
    }

    /** The looks of these tests follow each other at once, so a loop that is just going to sleep would look like a busy one. */
    private static void awaitAsleep(LoopGroup group) {
        EventLoop loop = EventLoop.of(group.next());
        while (!loop.scheduler.isAsleep()) {
            Thread.onSpinWait();
        }
    }

    private static void awaitListener(LoopGroup group) throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        ((RunLoop) group.next()).tellListenerWhileHeld(listener -> told.countDown());
        told.await();
    }

    private LoopGroup open() {
        return LoopGroup.builder().hogAfter(Duration.ZERO).listener(listener).open();
    }

    @Test
    void aGreenletThatComputesForLongIsNamedWithItsStackAndLessOftenAsItGoesOn() throws Exception {
        try (LoopGroup group = open()) {
            Watchdog watch = watch(group);
            CountDownLatch began = new CountDownLatch(1);
            Greenlet<?> hog = group.next().spawn("hog", () -> {
                began.countDown();
                while (!over) {
                    Thread.onSpinWait();
                }
            });
            began.await();
            lookUntil(watch, group, 900);
            happened.assertHappened();
            lookUntil(watch, group, 1000);
            happened.assertHappened("hog for 1 s, shown: true");
            lookUntil(watch, group, 1900);
            happened.assertHappened();
            lookUntil(watch, group, 3900);
            happened.assertHappened("hog for 2 s, shown: true");
            lookUntil(watch, group, 4000);
            happened.assertHappened("hog for 4 s, shown: true");
            over = true;
            hog.join();
        }
    }

    @Test
    void aCallThatBlocksTheThreadCountsTheSame() throws Exception {
        Process silent = new ProcessBuilder("cat").start();
        try (LoopGroup group = open()) {
            Watchdog watch = watch(group);
            CountDownLatch began = new CountDownLatch(1);
            Greenlet<?> hog = group.next().spawn("blocked", () -> {
                began.countDown();
                return silent.getInputStream().read();
            });
            began.await();
            lookUntil(watch, group, 1000);
            happened.assertHappened("blocked for 1 s, shown: true");
            silent.getOutputStream().close();
            assertEquals(-1, hog.join());
            assertEquals(0, silent.waitFor());
        }
    }

    @Test
    void oneWhoYieldsAndALoopThatSleepsAreNoHogs() throws Exception {
        try (LoopGroup group = open()) {
            Watchdog watch = watch(group);
            CompletableFuture<String> end = new CompletableFuture<>();
            Greenlet<?> busy = group.spawn(() -> {
                for (int i = 0; i < 10; i++) {
                    Weft.yieldNow();
                }
                return Weft.await(end);
            });
            while (busy.state() != Greenlet.State.WAITING) {
                Thread.onSpinWait();
            }
            awaitAsleep(group);
            lookUntil(watch, group, 3000);
            group.next().spawn(() -> {}).join();
            awaitAsleep(group);
            lookUntil(watch, group, 6000);
            happened.assertHappened();
            end.complete("end");
            busy.join();
        }
    }

    @Test
    void aGroupWatchesUnlessToldNotTo() {
        CompletableFuture<String> reported = new CompletableFuture<>();
        LoopListener first = new LoopListener() {
            @Override
            public void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {
                reported.complete(Thread.currentThread().getName());
            }
        };
        try (LoopGroup group = LoopGroup.builder()
                .hogAfter(Duration.ofMillis(5))
                .listener(first)
                .open()) {
            group.spawn(() -> {
                        while (!reported.isDone()) {
                            Thread.onSpinWait();
                        }
                    })
                    .join();
            assertEquals("weft-0-listener", reported.join());
        }
        assertThrows(IllegalArgumentException.class, () -> LoopGroup.builder().hogAfter(Duration.ofMillis(-1)));
    }

    @Test
    void aCallbackThatHoldsTheLoopIsNamedByItsClass() throws Exception {
        try (LoopGroup group = open()) {
            Watchdog watch = watch(group);
            CountDownLatch began = new CountDownLatch(1);
            EventLoop.of(group.next()).post(new Stubborn(began));
            began.await();
            lookUntil(watch, group, 1900);
            happened.assertHappened("a callback (" + Stubborn.class.getName() + ") for 1 s, shown: true");
            lookUntil(watch, group, 2000);
            happened.assertHappened("a callback (" + Stubborn.class.getName() + ") for 2 s, shown: true");
            over = true;
            awaitAsleep(group);
            lookUntil(watch, group, 9000);
            happened.assertHappened();
        }
    }

    private final class Stubborn implements Runnable {
        private final CountDownLatch began;

        Stubborn(CountDownLatch began) {
            this.began = began;
        }

        @Override
        public void run() {
            began.countDown();
            spin();
        }
    }

    private void spin() {
        while (!over) {
            Thread.onSpinWait();
        }
    }

    @Test
    void oneCallbackAfterTheOtherIsNoHog() throws Exception {
        try (LoopGroup group = open()) {
            Watchdog watch = watch(group);
            for (int millis = 0; millis < 3000; millis += 100) {
                CountDownLatch began = new CountDownLatch(1);
                CountDownLatch seen = new CountDownLatch(1);
                EventLoop.of(group.next()).post(() -> {
                    began.countDown();
                    while (seen.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                });
                began.await();
                watch.tick(millis * 1_000_000L);
                seen.countDown();
            }
            awaitListener(group);
            happened.assertHappened();
        }
    }

    @Test
    void aPollerThatWasWokenAndDoesNotComeBackIsNamed() throws Exception {
        CountDownLatch woken = new CountDownLatch(1);
        try (LoopGroup group = LoopGroup.builder()
                .hogAfter(Duration.ZERO)
                .listener(listener)
                .poller(() -> new BusyPoller(woken))
                .open()) {
            Watchdog watch = watch(group);
            awaitAsleep(group);
            lookUntil(watch, group, 5000);
            happened.assertHappened();
            EventLoop.of(group.next()).post(() -> {});
            woken.await();
            lookUntil(watch, group, 6100);
            happened.assertHappened("the poller for 1 s, shown: true");
            over = true;
        }
    }

    /** Sleeps as it should; but once it is woken it has work of its own for as long as the test likes. */
    private final class BusyPoller implements Poller {
        private final Semaphore wakeUps = new Semaphore(0);
        private final CountDownLatch woken;

        BusyPoller(CountDownLatch woken) {
            this.woken = woken;
        }

        @Override
        public int poll(long timeoutNanos) {
            if (timeoutNanos > 0) {
                wakeUps.acquireUninterruptibly();
                woken.countDown();
                spin();
            }
            return 0;
        }

        @Override
        public void wakeup() {
            wakeUps.release();
        }

        @Override
        public boolean hasSources() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void codeOfTheUsersThatTheKernelCallsIsSeenToo() throws Exception {
        CountDownLatch inHandler = new CountDownLatch(1);
        try (LoopGroup group = LoopGroup.builder()
                .hogAfter(Duration.ZERO)
                .listener(listener)
                .uncaughtHandler((greenlet, failure) -> {
                    inHandler.countDown();
                    spin();
                })
                .open()) {
            Watchdog watch = watch(group);
            group.next().spawn(() -> {
                throw new IllegalStateException("expected");
            });
            inHandler.await();
            lookUntil(watch, group, 1000);
            happened.assertHappened("the uncaught handler for 1 s, shown: true");
            over = true;
        }
    }

    /** As when the process is stopped by a signal or a debugger: the watch is late by as much as the greenlet. */
    @Test
    void theTimeInWhichTheWatchItselfStoodStillIsNobodysFault() throws Exception {
        try (LoopGroup group = open()) {
            Watchdog watch = watch(group);
            CountDownLatch began = new CountDownLatch(1);
            Greenlet<?> running = group.next().spawn("running", () -> {
                began.countDown();
                while (!over) {
                    Thread.onSpinWait();
                }
            });
            began.await();
            lookUntil(watch, group, 500);
            lookedMillis = 3_600_000; // the process was stopped for an hour
            lookUntil(watch, group, 3_600_200);
            happened.assertHappened();
            lookUntil(watch, group, 3_600_400);
            happened.assertHappened("running for 1 s, shown: true");
            over = true;
            running.join();
        }
    }

    @Test
    void theWatchOutlivesWhateverALookThrows() throws Exception {
        CountDownLatch looks = new CountDownLatch(3);
        Watchdog.Probe faulty = now -> {
            throw new OutOfMemoryError("injected");
        };
        Watchdog.Probe sound = now -> looks.countDown();
        try (Watchdog watch = new Watchdog(List.of(faulty, sound), Duration.ofMillis(2))) {
            watch.start("faulty");
            looks.await();
        }
    }

    @Test
    void anInterruptOfTheWatchChangesNothing() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch interrupted = new CountDownLatch(2);
        Watchdog.Probe interrupting = now -> {
            interrupted.countDown();
            if (looks.getAndIncrement() > 0 && Thread.currentThread().isInterrupted()) {
                looks.set(Integer.MIN_VALUE);
            }
            Thread.currentThread().interrupt();
        };
        try (Watchdog watch = new Watchdog(List.of(interrupting), Duration.ofMillis(2))) {
            watch.start("interrupted");
            interrupted.await();
        }
        assertTrue(looks.get() >= 0, "it looked with the interrupt pending, and so without a pause");
    }

    @Test
    void aListenerThatFailsOrNeverReturnsStopsNeitherLoopNorWatch() throws Exception {
        CountDownLatch calls = new CountDownLatch(2);
        CountDownLatch never = new CountDownLatch(1);
        LoopListener stubborn = new LoopListener() {
            @Override
            public void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {
                calls.countDown();
                if (greenlet.name().equals("first")) {
                    throw new AssertionError("a failure of the listener's own");
                }
                Uninterrupted.await(never);
            }
        };
        try (LoopGroup group =
                LoopGroup.builder().hogAfter(Duration.ZERO).listener(stubborn).open()) {
            Watchdog watch = watch(group);
            for (String name : List.of("first", "second", "third")) {
                CountDownLatch began = new CountDownLatch(1);
                over = false;
                Greenlet<?> hog = group.next().spawn(name, () -> {
                    began.countDown();
                    while (!over) {
                        Thread.onSpinWait();
                    }
                });
                began.await();
                for (int i = 0; i <= 10; i++) {
                    lookedMillis += 100;
                    watch.tick(lookedMillis * 1_000_000);
                }
                over = true;
                hog.join();
            }
            calls.await();
            never.countDown();
            awaitListener(group);
        }
    }

    private static final class Uninterrupted {
        static void await(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void theWatchEndsWithItsGroup() throws Exception {
        Thread watching;
        try (LoopGroup group = LoopGroup.builder().name("watched").open()) {
            watching = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("watched-watchdog"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(watching.isDaemon());
            group.spawn(() -> {}).join();
        }
        watching.join();
    }

    @Test
    void aLookThatIsUnderWayIsWaitedForByTheClose() throws Exception {
        Thread closing = Thread.currentThread();
        CountDownLatch looking = new CountDownLatch(1);
        CompletableFuture<Long> lookEnded = new CompletableFuture<>();
        Watchdog watch = new Watchdog(
                List.of(now -> {
                    looking.countDown();
                    while (closing.getState() != Thread.State.TIMED_WAITING) {
                        Thread.onSpinWait();
                    }
                    lookEnded.complete(now);
                }),
                LIMIT);
        watch.start("test");
        looking.await();
        watch.close();
        boolean hasEnded = lookEnded.isDone();
        lookEnded.get(10, TimeUnit.SECONDS); // the look sees this wait at the latest, so no thread is left
        assertTrue(hasEnded, "closed while a look was under way");
    }
}
