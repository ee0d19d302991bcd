package dev.weft.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class HogWatchTest {
    private static final long SECOND = 1_000_000_000;
    private final Recorder happened = new Recorder();
    private volatile boolean over;

    /** Records who was reported, for how long, and whether the stack shows this test. */
    private final LoopListener listener = new LoopListener() {
        @Override
        public void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {
            boolean shown = Arrays.stream(where)
                    .anyMatch(frame -> frame.getClassName().startsWith(HogWatchTest.class.getName()));
            happened.add(greenlet.name() + " for " + held.toSeconds() + " s, shown: " + shown);
        }
    };

    private static HogWatch watch(LoopGroup group) {
        List<RunLoop> loops = group.loops().stream().map(loop -> (RunLoop) loop).toList();
        return new HogWatch(loops, Duration.ofSeconds(1));
    }

    /** The listener is told on another thread. */
    private void untilHappened(int count) {
        while (happened.events().size() < count) {
            Thread.onSpinWait();
        }
    }

    private LoopGroup open() {
        return LoopGroup.builder().hogAfter(Duration.ZERO).listener(listener).open();
    }

    @Test
    void aGreenletThatComputesForLongIsNamedWithItsStackAndLessOftenAsItGoesOn() throws Exception {
        try (LoopGroup group = open()) {
            HogWatch watch = watch(group);
            CountDownLatch began = new CountDownLatch(1);
            Greenlet<?> hog = group.next().spawn("hog", () -> {
                began.countDown();
                while (!over) {
                    Thread.onSpinWait();
                }
            });
            began.await();
            watch.look(0);
            watch.look(SECOND - 1);
            happened.assertHappened();
            watch.look(SECOND);
            untilHappened(1);
            happened.assertHappened("hog for 1 s, shown: true");
            watch.look(SECOND + SECOND / 2);
            happened.assertHappened();
            watch.look(2 * SECOND);
            untilHappened(1);
            watch.look(3 * SECOND);
            happened.assertHappened("hog for 2 s, shown: true");
            watch.look(4 * SECOND);
            untilHappened(1);
            happened.assertHappened("hog for 4 s, shown: true");
            over = true;
            hog.join();
        }
    }

    @Test
    void aCallThatBlocksTheThreadCountsTheSame() throws Exception {
        Process silent = new ProcessBuilder("cat").start();
        try (LoopGroup group = open()) {
            HogWatch watch = watch(group);
            CountDownLatch began = new CountDownLatch(1);
            Greenlet<?> hog = group.next().spawn("blocked", () -> {
                began.countDown();
                return silent.getInputStream().read();
            });
            began.await();
            watch.look(0);
            watch.look(5 * SECOND);
            untilHappened(1);
            happened.assertHappened("blocked for 5 s, shown: true");
            silent.getOutputStream().close();
            assertEquals(-1, hog.join());
            assertEquals(0, silent.waitFor());
        }
    }

    @Test
    void oneWhoYieldsAndALoopThatSleepsAreNoHogs() throws Exception {
        try (LoopGroup group = open()) {
            HogWatch watch = watch(group);
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
            group.next().spawn(() -> {}).join();
            watch.look(0);
            watch.look(10 * SECOND);
            group.next().spawn(() -> {}).join();
            watch.look(20 * SECOND);
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
    void theWatchEndsWithItsGroup() throws Exception {
        Thread watching;
        try (LoopGroup group = LoopGroup.builder().name("watched").open()) {
            watching = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("watched-hog-watch"))
                    .findFirst()
                    .orElseThrow();
            assertTrue(watching.isDaemon());
            group.spawn(() -> {}).join();
        }
        watching.join();
    }
}
