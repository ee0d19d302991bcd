package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A body that waits: the greenlet around it does. */
@Timeout(30)
@ExtendWith(NoGreenletLeaks.class)
class GeneratorInGreenletTest {
    private final Recorder recorder = new Recorder();

    /** 1, 2, 3, with {@code pause} before each. */
    private static Generator<Integer> slow(Duration pause) {
        return Generator.of(out -> {
            for (int i = 1; i <= 3; i++) {
                Weft.sleep(pause);
                out.emit(i);
            }
        });
    }

    @Test
    void whileABodySleepsOtherGreenletsRun() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.spawn(() -> slow(Duration.ofMillis(10)).forEachRemaining(recorder::add));
            stepped.spawn(() -> recorder.add("other"));
            stepped.runUntilIdle();
            recorder.assertHappened("other");
            stepped.advance(Duration.ofMillis(10));
            recorder.assertHappened(1);
            stepped.advance(Duration.ofMillis(20));
            recorder.assertHappened(2, 3);
        }
    }

    @Test
    void manyGreenletsWaitInTheirGeneratorsInAnyOrder() {
        SteppedLoop.underSeeds(200, stepped -> {
            List<Greenlet<Integer>> sums = new java.util.ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int pause = i % 3;
                sums.add(stepped.spawn(() -> slow(Duration.ofMillis(pause)).stream()
                        .mapToInt(value -> value)
                        .sum()));
            }
            stepped.advance(Duration.ofMillis(10));
            for (Greenlet<Integer> sum : sums) {
                assertEquals(6, sum.join());
            }
        });
    }

    @Test
    void aKillWhileTheBodyWaitsComesOutOfNextAsCancelled() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> greenlet = stepped.spawn(() -> {
                Generator<Integer> generator = Generator.of(out -> {
                    out.emit(1);
                    try {
                        Weft.sleep(Duration.ofHours(1));
                    } catch (Cancelled e) {
                        recorder.add("in the body");
                        throw e;
                    } finally {
                        recorder.add("finally");
                    }
                });
                recorder.add(generator.next());
                try {
                    generator.next();
                } catch (Cancelled e) {
                    recorder.add("out of next");
                    recorder.add(generator.hasNext());
                    throw e;
                }
            });
            stepped.runUntilIdle();
            greenlet.kill();
            stepped.runUntilIdle();
            recorder.assertHappened(1, "in the body", "finally", "out of next", false);
            assertEquals(Greenlet.State.CANCELLED, greenlet.state());
        }
    }

    @Test
    void aGreenletThatIsKilledBetweenStepsClosesItsGenerator() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> greenlet = stepped.spawn(() -> {
                try (Generator<Integer> generator = Generator.of(out -> {
                    try {
                        out.emit(1);
                    } finally {
                        recorder.add("finally");
                    }
                })) {
                    generator.next();
                    Weft.sleep(Duration.ofHours(1));
                }
            });
            stepped.runUntilIdle();
            greenlet.kill();
            stepped.runUntilIdle();
            recorder.assertHappened("finally");
        }
    }

    @Test
    void aTimeoutInTheBodyIsTheBodys() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> greenlet = stepped.spawn(() -> {
                Generator<String> generator = Generator.of(out -> {
                    try {
                        Weft.await(new CompletableFuture<String>(), Duration.ofMillis(5));
                    } catch (DeadlineExceeded e) {
                        out.emit("timeout");
                    }
                });
                recorder.add(generator.next());
                generator.close();
            });
            stepped.advance(Duration.ofMillis(5));
            recorder.assertHappened("timeout");
            assertTrue(greenlet.state().isDone());
        }
    }

    @Test
    void aFinallyBlockThatCloseRunsMayWait() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.spawn(() -> {
                try (Generator<Integer> generator = Generator.of(out -> {
                    try {
                        out.emit(1);
                    } finally {
                        Weft.sleep(Duration.ofMillis(5));
                        recorder.add("finally");
                    }
                })) {
                    generator.next();
                }
                recorder.add("closed");
            });
            stepped.runUntilIdle();
            recorder.assertHappened();
            stepped.advance(Duration.ofMillis(5));
            recorder.assertHappened("finally", "closed");
        }
    }

    @Test
    void anotherGreenletOfTheLoopCannotAdvanceItNeitherBetweenStepsNorWhileItWaits() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Generator<Integer> generator = slow(Duration.ofMillis(5));
            stepped.spawn(() -> generator.forEachRemaining(recorder::add));
            stepped.runUntilIdle();
            stepped.run(() -> assertThrows(IllegalStateException.class, generator::next));
            stepped.advance(Duration.ofMillis(15));
            recorder.assertHappened(1, 2, 3);
        }
    }

    @Test
    void aGeneratorWithinAGeneratorMayWait() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.spawn(() -> Generator.<Integer>of(out -> {
                        for (int value : slow(Duration.ofMillis(10))) {
                            Weft.sleep(Duration.ofMillis(10));
                            out.emit(10 * value);
                        }
                    })
                    .forEachRemaining(recorder::add));
            stepped.advance(Duration.ofMillis(40));
            recorder.assertHappened(10, 20);
            stepped.advance(Duration.ofMillis(20));
            recorder.assertHappened(30);
        }
    }

    @Test
    void aBodyMaySpawnAndJoin() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            List<Integer> values = stepped.run(() -> Generator.<Integer>of(out -> {
                        Greenlet<Integer> one = Weft.spawn(() -> 1);
                        Greenlet<Integer> two = Weft.spawn(() -> 2);
                        out.emit(one.join());
                        out.emit(two.join());
                    })
                    .stream()
                    .toList());
            assertEquals(List.of(1, 2), values);
        }
    }

    @Test
    void theJdksQueuesAndLocksYieldInTheBody() throws Exception {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        ReentrantLock lock = new ReentrantLock();
        int sum = Weft.run(() -> {
            Greenlet<Integer> consumer = Weft.spawn(() -> {
                Generator<Integer> generator = Generator.of(out -> {
                    int value = queue.take();
                    while (value > 0) {
                        out.emit(doubled(value, lock));
                        value = queue.take();
                    }
                });
                return generator.stream().mapToInt(value -> value).sum();
            });
            lock.lock();
            try {
                queue.put(1);
                Weft.sleep(Duration.ofMillis(1));
                assertTrue(lock.hasQueuedThreads());
            } finally {
                lock.unlock();
            }
            queue.put(2);
            queue.put(0);
            return consumer.join();
        });
        assertEquals(6, sum);
    }

    private static int doubled(int value, ReentrantLock lock) {
        lock.lock();
        try {
            return 2 * value;
        } finally {
            lock.unlock();
        }
    }

    @Test
    void aSocketMayBeReadInTheBody() throws Exception {
        List<Integer> bytes = Weft.run(() -> {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                    Socket accepted = server.accept()) {
                Greenlet<List<Integer>> reader = Weft.spawn(() -> Generator.<Integer>of(out -> {
                            int b = accepted.getInputStream().read();
                            while (b >= 0) {
                                out.emit(b);
                                b = accepted.getInputStream().read();
                            }
                        })
                        .stream()
                        .toList());
                Weft.yieldNow();
                client.getOutputStream().write(new byte[] {1, 2, 3});
                client.shutdownOutput();
                return reader.join();
            }
        });
        assertEquals(List.of(1, 2, 3), bytes);
    }

    @Test
    void aWaitInAClassInitialiserInTheBodyEnds() {
        Weft.run(() -> {
            Generator<Integer> generator = Generator.of(out -> out.emit(WaitsInItsInitialiser.VALUE));
            assertEquals(5, generator.next());
            assertFalse(generator.hasNext());
        });
    }

    static final class WaitsInItsInitialiser {
        static final int VALUE;

        static {
            Weft.sleep(Duration.ofMillis(3));
            VALUE = 5;
        }

        private WaitsInItsInitialiser() {}
    }

    @Test
    void aWaitInTheBodyOfAGeneratorThatAClassInitialiserRunsEnds() {
        Weft.run(() -> assertEquals(6, RunsAGenerator.SUM));
    }

    static final class RunsAGenerator {
        static final int SUM =
                slow(Duration.ofMillis(1)).stream().mapToInt(value -> value).sum();

        private RunsAGenerator() {}
    }

    @Test
    void whatABodyWaitsForIsSeen() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> greenlet =
                    stepped.spawn(() -> slow(Duration.ofMillis(1)).forEachRemaining(value -> {}));
            stepped.runUntilIdle();
            assertEquals("sleep", greenlet.waitingOn());
            List<String> methods = java.util.Arrays.stream(greenlet.stackTrace())
                    .map(StackTraceElement::getMethodName)
                    .toList();
            assertTrue(methods.contains("sleep"), methods::toString);
            assertTrue(methods.contains("hasNext") || methods.contains("next"), methods::toString);
            stepped.advance(Duration.ofMillis(3));
        }
    }

    @Test
    void aLoopThatClosesKillsWhatWaitsInABody() {
        Weft.run(() -> {
            Weft.spawn(() -> {
                try {
                    slow(Duration.ofHours(1)).forEachRemaining(value -> {});
                } catch (Cancelled e) {
                    recorder.add("cancelled");
                }
            });
            Weft.yieldNow();
        });
        recorder.assertHappened("cancelled");
    }
}
