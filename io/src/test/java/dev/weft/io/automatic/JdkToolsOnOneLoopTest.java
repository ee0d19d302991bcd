package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.testing.NoGreenletLeaks;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The JDK's tools between many greenlets of one loop, and between greenlets and threads: what is computed is right, and all
 * of them waited at the same time. What each tool does by itself is in the runtime's {@code JdkToolsTest}.
 */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class JdkToolsOnOneLoopTest {
    private static final int MANY = 100;

    @Test
    void pairsExchangeTheirValues() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            Exchanger<Integer> exchanger = new Exchanger<>();
            List<Integer> partners = one.all(MANY, exchanger::exchange);
            for (int i = 0; i < MANY; i++) {
                assertEquals(i, partners.get(partners.get(i)));
            }
        }
    }

    @Test
    void aGreenletAndAThreadExchange() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            Exchanger<String> exchanger = new Exchanger<>();
            Greenlet<String> greenlet = one.spawn(() -> exchanger.exchange("from the loop"));
            one.untilWaiting(1);
            assertEquals("from the loop", exchanger.exchange("from a thread"));
            assertEquals("from a thread", one.join(greenlet));
        }
    }

    @Test
    void aPhaserKeepsThemInStepWhileSomeLeave() throws Exception {
        int phases = 10;
        try (OneLoop one = OneLoop.open()) {
            Phaser phaser = new Phaser(MANY);
            int[] arrived = new int[phases]; // plain, as they share a loop
            List<Integer> left = one.all(MANY, number -> {
                int stays = 1 + number % phases; // a tenth of them leaves after each phase
                for (int phase = 0; phase < stays; phase++) {
                    if (phase > 0) {
                        assertEquals(MANY - MANY / phases * (phase - 1), arrived[phase - 1]);
                    }
                    arrived[phase]++;
                    if (phase < stays - 1) {
                        phaser.arriveAndAwaitAdvance();
                    }
                }
                return phaser.arriveAndDeregister();
            });
            assertEquals(MANY, left.size());
            assertTrue(phaser.isTerminated());
        }
    }

    @Test
    void parallelStreamsOfManyGreenletsWaitForThePool() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            CountDownLatch gate = new CountDownLatch(1);
            List<Greenlet<Long>> sums = one.spawnAll(
                    20,
                    number -> LongStream.rangeClosed(1, 10_000)
                            .parallel()
                            .peek(value -> awaitGate(gate))
                            .sum());
            one.untilWaiting(20);
            one.loop().spawn(gate::countDown);
            one.joinAll(sums).forEach(sum -> assertEquals(50_005_000L, sum));
        }
    }

    private static void awaitGate(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aForkJoinTaskIsInvokedWhileOthersRun() throws Exception {
        try (OneLoop one = OneLoop.open();
                ForkJoinPool pool = new ForkJoinPool(2)) {
            List<Integer> results = one.all(20, number -> pool.invoke(new Fibonacci(15)));
            results.forEach(result -> assertEquals(610, result));
        }
    }

    private static final class Fibonacci extends RecursiveTask<Integer> {
        private static final long serialVersionUID = 1;
        private final int number;

        Fibonacci(int number) {
            this.number = number;
        }

        @Override
        protected Integer compute() {
            if (number < 2) {
                return number;
            }
            Fibonacci left = new Fibonacci(number - 1);
            left.fork();
            return new Fibonacci(number - 2).compute() + left.join();
        }
    }

    @Test
    void futuresThatAThreadCompletesAreJoined() throws Exception {
        try (OneLoop one = OneLoop.open();
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            CountDownLatch gate = new CountDownLatch(1);
            List<Greenlet<Integer>> greenlets = one.spawnAll(MANY, number -> {
                CompletableFuture<Integer> first = CompletableFuture.supplyAsync(
                        () -> {
                            awaitGate(gate);
                            return number;
                        },
                        threads);
                CompletableFuture<Integer> second = CompletableFuture.supplyAsync(() -> number, threads);
                return first.thenCombineAsync(second, Integer::sum, threads).join();
            });
            one.untilWaiting(MANY);
            gate.countDown();
            assertEquals(IntStream.range(0, MANY).map(i -> 2 * i).boxed().toList(), one.joinAll(greenlets));
        }
    }

    @Test
    void aFutureThatNobodyCompletesTimesOut() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            one.all(MANY, number -> {
                CompletableFuture<String> never = new CompletableFuture<>();
                CompletionException late = assertThrows(
                        CompletionException.class,
                        () -> never.orTimeout(20, TimeUnit.MILLISECONDS).join());
                assertTrue(late.getCause() instanceof TimeoutException, late::toString);
                return number;
            });
        }
    }

    @Test
    void aScheduledTaskIsAwaited() throws Exception {
        try (OneLoop one = OneLoop.open();
                ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor()) {
            List<Integer> results = one.all(MANY, number -> {
                Future<Integer> task = scheduler.schedule(() -> number, 20, TimeUnit.MILLISECONDS);
                return task.get();
            });
            assertEquals(IntStream.range(0, MANY).boxed().toList(), results);
        }
    }

    /** A buffer as in the textbooks of the nineties. */
    private static final class MonitorBuffer {
        private static final int CAPACITY = 3;
        private final Queue<Integer> items = new ArrayDeque<>();

        synchronized void put(int item) throws InterruptedException {
            while (items.size() == CAPACITY) {
                wait();
            }
            items.add(item);
            notifyAll();
        }

        synchronized int take() throws InterruptedException {
            while (items.isEmpty()) {
                wait();
            }
            notifyAll();
            return items.remove();
        }
    }

    @Test
    void aMonitorIsSharedByGreenletsAndThreads() throws Exception {
        try (OneLoop one = OneLoop.open();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            MonitorBuffer buffer = new MonitorBuffer();
            List<Greenlet<Integer>> takers = one.spawnAll(MANY, number -> buffer.take() + buffer.take());
            one.untilWaiting(MANY);
            List<Future<?>> putters = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                putters.add(threads.submit(() -> {
                    for (int item = 0; item < MANY / 4; item++) {
                        buffer.put(1);
                    }
                    return "put";
                }));
            }
            one.all(MANY, number -> {
                buffer.put(1);
                return number;
            });
            one.joinAll(takers).forEach(sum -> assertEquals(2, sum));
            for (Future<?> putter : putters) {
                putter.get();
            }
        }
    }

    @Test
    void aMapLoadsAnEntryOnceWhileOthersWaitForIt() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            ConcurrentHashMap<String, Integer> cache = new ConcurrentHashMap<>();
            CountDownLatch gate = new CountDownLatch(1);
            int[] loads = {0};
            List<Greenlet<Integer>> readers = one.spawnAll(
                    MANY,
                    number -> cache.computeIfAbsent("key", key -> {
                        awaitGate(gate); // inside the map's own monitor
                        return ++loads[0];
                    }));
            one.untilWaiting(MANY);
            gate.countDown();
            one.joinAll(readers).forEach(value -> assertEquals(1, value));
            assertEquals(1, loads[0]);
        }
    }

    @Test
    void aPipeCarriesBytesBetweenTwoGreenlets() throws Exception {
        int length = 100_000;
        try (OneLoop one = OneLoop.open();
                PipedInputStream in = new PipedInputStream(1024);
                PipedOutputStream out = new PipedOutputStream(in)) {
            Greenlet<Integer> reader = one.spawn(() -> in.readAllBytes().length);
            one.call(() -> {
                try (out) {
                    out.write(new byte[length]);
                }
                return "written";
            });
            assertEquals(length, one.join(reader));
        }
    }

    @Test
    void aTransferWaitsForItsTaker() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            LinkedTransferQueue<Integer> queue = new LinkedTransferQueue<>();
            List<Greenlet<Integer>> givers = one.spawnAll(MANY, number -> {
                queue.transfer(number);
                return number;
            });
            one.untilWaiting(MANY);
            List<Integer> taken = one.call(() -> {
                List<Integer> all = new ArrayList<>();
                for (int i = 0; i < MANY; i++) {
                    all.add(queue.take());
                }
                return all;
            });
            assertEquals(one.joinAll(givers), taken);
        }
    }

    @Test
    void aStampedLockLetsReadersInTogetherAndWritersAlone() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            StampedLock lock = new StampedLock();
            int[] value = {0};
            long held = lock.writeLock();
            List<Greenlet<Integer>> greenlets = one.spawnAll(MANY, number -> {
                long stamp = lock.writeLock();
                try {
                    int seen = value[0];
                    Thread.sleep(0, 1);
                    value[0] = seen + 1;
                } finally {
                    lock.unlockWrite(stamp);
                }
                stamp = lock.readLock();
                lock.unlockRead(stamp);
                return number;
            });
            one.untilWaiting(MANY);
            lock.unlockWrite(held);
            one.joinAll(greenlets);
            assertEquals(MANY, value[0]);
        }
    }

    @Test
    void aThreadIsJoined() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            CountDownLatch gate = new CountDownLatch(1);
            Thread thread = Thread.ofPlatform().start(() -> awaitGate(gate));
            List<Greenlet<Boolean>> joiners = one.spawnAll(MANY, number -> {
                thread.join();
                return thread.isAlive();
            });
            one.untilWaiting(MANY);
            gate.countDown();
            one.joinAll(joiners).forEach(alive -> assertEquals(false, alive));
        }
    }
}
