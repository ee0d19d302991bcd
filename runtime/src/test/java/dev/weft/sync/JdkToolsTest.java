package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Action;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JDK's own tools are right on greenlets, so Weft has none of its own for the same. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
@SuppressWarnings({"WaitNotInLoop", "LockNotBeforeTry"}) // waits and locks are what is tried here
class JdkToolsTest {
    private static final long SHORT_MILLIS = 5;
    private final Recorder happened = new Recorder();

    /**
     * A tool of the JDK: what another greenlet does first, so that a wait does wait; the wait; the same with a time limit,
     * which throws {@link TimeoutException}; what ends the wait.
     */
    record Tool(String name, Action hold, Action untimed, Action timed, Action release) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static void inTime(boolean done) throws TimeoutException {
        if (!done) {
            throw new TimeoutException();
        }
    }

    private static final Action NOTHING = () -> {};

    static Stream<Tool> tools() {
        return Stream.of(
                reentrantLock(),
                readWriteLock(),
                condition(),
                semaphore(),
                latch(),
                future(),
                queueToTake(),
                queueToPut(),
                synchronousQueue(),
                barrier(),
                phaser(),
                exchanger());
    }

    private static Tool reentrantLock() {
        ReentrantLock lock = new ReentrantLock(true);
        return new Tool(
                "ReentrantLock",
                lock::lock,
                () -> {
                    lock.lockInterruptibly();
                    lock.unlock();
                },
                () -> inTime(lock.tryLock(SHORT_MILLIS, TimeUnit.MILLISECONDS)),
                lock::unlock);
    }

    private static Tool readWriteLock() {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);
        return new Tool(
                "ReentrantReadWriteLock",
                lock.readLock()::lock,
                () -> {
                    lock.writeLock().lockInterruptibly();
                    lock.writeLock().unlock();
                },
                () -> inTime(lock.writeLock().tryLock(SHORT_MILLIS, TimeUnit.MILLISECONDS)),
                lock.readLock()::unlock);
    }

    private static Tool condition() {
        ReentrantLock lock = new ReentrantLock();
        Condition condition = lock.newCondition();
        return new Tool(
                "Condition",
                NOTHING,
                () -> {
                    lock.lock();
                    try {
                        condition.await();
                    } finally {
                        lock.unlock();
                    }
                },
                () -> {
                    lock.lock();
                    try {
                        inTime(condition.await(SHORT_MILLIS, TimeUnit.MILLISECONDS));
                    } finally {
                        lock.unlock();
                    }
                },
                () -> {
                    lock.lock();
                    condition.signalAll();
                    lock.unlock();
                });
    }

    private static Tool semaphore() {
        Semaphore semaphore = new Semaphore(0, true);
        return new Tool(
                "Semaphore",
                NOTHING,
                semaphore::acquire,
                () -> inTime(semaphore.tryAcquire(SHORT_MILLIS, TimeUnit.MILLISECONDS)),
                semaphore::release);
    }

    private static Tool latch() {
        CountDownLatch latch = new CountDownLatch(1);
        return new Tool(
                "CountDownLatch",
                NOTHING,
                latch::await,
                () -> inTime(latch.await(SHORT_MILLIS, TimeUnit.MILLISECONDS)),
                latch::countDown);
    }

    private static Tool future() {
        CompletableFuture<String> future = new CompletableFuture<>();
        return new Tool(
                "CompletableFuture",
                NOTHING,
                future::get,
                () -> future.get(SHORT_MILLIS, TimeUnit.MILLISECONDS),
                () -> future.complete("done"));
    }

    private static Tool queueToTake() {
        LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
        return new Tool(
                "LinkedBlockingQueue.take",
                NOTHING,
                queue::take,
                () -> inTime(queue.poll(SHORT_MILLIS, TimeUnit.MILLISECONDS) != null),
                () -> queue.put("item"));
    }

    private static Tool queueToPut() {
        ArrayBlockingQueue<String> queue = new ArrayBlockingQueue<>(1, true);
        return new Tool(
                "ArrayBlockingQueue.put",
                () -> queue.put("first"),
                () -> queue.put("second"),
                () -> inTime(queue.offer("second", SHORT_MILLIS, TimeUnit.MILLISECONDS)),
                queue::take);
    }

    private static Tool synchronousQueue() {
        SynchronousQueue<String> queue = new SynchronousQueue<>(true);
        return new Tool(
                "SynchronousQueue",
                NOTHING,
                queue::take,
                () -> inTime(queue.poll(SHORT_MILLIS, TimeUnit.MILLISECONDS) != null),
                () -> queue.put("item"));
    }

    private static Tool barrier() {
        CyclicBarrier barrier = new CyclicBarrier(2);
        return new Tool(
                "CyclicBarrier",
                NOTHING,
                barrier::await,
                () -> barrier.await(SHORT_MILLIS, TimeUnit.MILLISECONDS),
                barrier::await);
    }

    private static Tool phaser() {
        Phaser phaser = new Phaser(1);
        return new Tool(
                "Phaser",
                NOTHING,
                () -> phaser.awaitAdvanceInterruptibly(phaser.getPhase()),
                () -> phaser.awaitAdvanceInterruptibly(phaser.getPhase(), SHORT_MILLIS, TimeUnit.MILLISECONDS),
                phaser::arrive);
    }

    private static Tool exchanger() {
        Exchanger<String> exchanger = new Exchanger<>();
        return new Tool(
                "Exchanger",
                NOTHING,
                () -> exchanger.exchange("one"),
                () -> exchanger.exchange("one", SHORT_MILLIS, TimeUnit.MILLISECONDS),
                () -> exchanger.exchange("other"));
    }

    @ParameterizedTest
    @MethodSource("tools")
    void aWaitYieldsToTheOthersOfTheLoop(Tool tool) {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.spawn(() -> {
                tool.hold.run();
                Weft.yieldNow(); // the other one waits now
                Weft.yieldNow();
                happened.add("released");
                tool.release.run();
            });
            stepped.spawn(() -> {
                tool.untimed.run();
                happened.add("woken");
            });
            stepped.spawn(() -> happened.add("another runs"));
            stepped.runUntilIdle();
            happened.assertHappened("another runs", "released", "woken");
        }
    }

    @ParameterizedTest
    @MethodSource("tools")
    void aKillReachesAGreenletThatWaits(Tool tool) {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            CompletableFuture<String> end = new CompletableFuture<>();
            stepped.spawn(() -> {
                tool.hold.run();
                Weft.await(end);
            });
            Greenlet<?> waiting = stepped.spawn(() -> {
                try {
                    tool.untimed.run();
                } finally {
                    happened.add("finally");
                }
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, waiting.state());
            waiting.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, waiting.state());
            happened.assertHappened("finally");
            end.complete("end");
            stepped.runUntilIdle();
        }
    }

    @ParameterizedTest
    @MethodSource("tools")
    void aWaitWithATimeLimitEndsWhileOthersRun(Tool tool) {
        try (LoopGroup group = LoopGroup.open()) {
            CompletableFuture<String> end = new CompletableFuture<>();
            Greenlet<?> holder = group.spawn(() -> {
                tool.hold.run();
                Weft.await(end);
            });
            Greenlet<?> waiting = group.spawn(() -> {
                assertThrows(TimeoutException.class, tool.timed::run);
                happened.add("timed out");
            });
            group.spawn(() -> happened.add("another runs")).join();
            waiting.join();
            happened.assertHappened("another runs", "timed out");
            end.complete("end");
            holder.join();
        }
    }

    @Test
    void aLockKnowsGreenletsAndNotTheLoopsThread() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            ReentrantLock lock = new ReentrantLock();
            CompletableFuture<String> end = new CompletableFuture<>();
            stepped.spawn(() -> {
                lock.lock();
                lock.lock();
                assertEquals(2, lock.getHoldCount());
                Weft.await(end);
                lock.unlock();
                lock.unlock();
            });
            stepped.spawn(() -> {
                assertFalse(lock.isHeldByCurrentThread());
                assertFalse(lock.tryLock());
            });
            stepped.runUntilIdle();
            end.complete("end");
            stepped.runUntilIdle();
            assertFalse(lock.isLocked());
        }
    }

    @Test
    void aFairLockServesInTheOrderOfArrival() {
        ReentrantLock lock = new ReentrantLock(true);
        servesInTheOrderOfArrival(
                lock::lock,
                () -> {
                    lock.lock();
                    lock.unlock();
                },
                lock::unlock);
    }

    @Test
    void aFairSemaphoreServesInTheOrderOfArrival() {
        Semaphore semaphore = new Semaphore(0, true);
        servesInTheOrderOfArrival(NOTHING, semaphore::acquire, () -> semaphore.release(5));
    }

    private void servesInTheOrderOfArrival(Action hold, Action untimed, Action release) {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.spawn(() -> {
                hold.run();
                Weft.yieldNow();
                release.run();
            });
            for (int i = 0; i < 5; i++) {
                int number = i;
                stepped.spawn(() -> {
                    untimed.run();
                    happened.add(number);
                });
            }
            stepped.runUntilIdle();
            happened.assertHappened(0, 1, 2, 3, 4);
        }
    }

    @Test
    void threadsAndGreenletsShareAQueue() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            ArrayBlockingQueue<Integer> queue = new ArrayBlockingQueue<>(2);
            Greenlet<Integer> sum = group.spawn(() -> {
                int total = 0;
                for (int i = 0; i < 1000; i++) {
                    total += queue.take();
                }
                return total;
            });
            for (int i = 0; i < 1000; i++) {
                queue.put(1);
            }
            assertEquals(1000, sum.join());
        }
    }
}
