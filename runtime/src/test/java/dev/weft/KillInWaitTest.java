package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.WAITING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** A kill in each kind of wait. */
class KillInWaitTest extends TaskFixture {

    @Test
    void killedWhileItSleeps() throws Exception {
        assertKilledIn(() -> {
            Weft.sleep(HOUR);
            return "";
        });
        assertEquals(0, timers());
    }

    @Test
    void killedWhileItWaitsForATimer() throws Exception {
        assertKilledIn(() -> Weft.await(Weft.timer(HOUR)));
        assertEquals(0, timers());
    }

    @Test
    void killedWhileItJoins() throws Exception {
        Greenlet<?> target = stepped.spawn(() -> Weft.sleep(HOUR));
        assertKilledIn(target::join);
        assertSame(WAITING, target.state());
        target.kill();
        stepped.runUntilIdle();
    }

    @Test
    void killedWhileItWaitsForAStage() throws Exception {
        CompletableFuture<String> stage = new CompletableFuture<>();
        assertKilledIn(() -> Weft.await(stage));
        stage.complete("late");
        stepped.runUntilIdle();
    }

    @Test
    void killedWhileItWaitsForAFuture() throws Exception {
        assertKilledIn(() -> Weft.await(new FutureTask<>(() -> "never run")));
    }

    @Test
    void killedWhileItWaitsForWhatIsOffLoadedAndMayBeAbandoned() throws Exception {
        CountDownLatch begun = new CountDownLatch(1); // a call that has not begun never does, and is not interrupted
        CountDownLatch interrupted = new CountDownLatch(1);
        assertKilledIn(
                () -> Offload.abandoning().call(() -> {
                    begun.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return "";
                }),
                begun);
        interrupted.await();
    }

    @Test
    void killedInAQueueItsPlaceIsGivenUpAndTheValueGoesToTheNext() {
        Values values = new Values();
        Greenlet<?> first = stepped.spawn(() -> happened.add("first got " + Weft.await(values)));
        stepped.spawn(() -> happened.add("second got " + Weft.await(values)));
        stepped.runUntilIdle();
        first.kill();
        stepped.loop().execute(() -> values.put("value"));
        stepped.runUntilIdle();
        assertSame(CANCELLED, first.state());
        happened.assertHappened("second got value");
    }

    @Test
    void killedWhileItWaitsForALock() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        lock.lock();
        try {
            assertKilledIn(() -> {
                lock.lockInterruptibly();
                return "";
            });
            assertEquals(0, lock.getQueueLength());
        } finally {
            lock.unlock();
        }
    }

    @Test
    void killedWhileItWaitsForASemaphore() throws Exception {
        Semaphore semaphore = new Semaphore(0);
        assertKilledIn(() -> {
            semaphore.acquire();
            return "";
        });
        semaphore.release();
        assertEquals(1, semaphore.availablePermits());
    }

    @Test
    void killedWhileItTakesFromAQueueOfTheJdk() throws Exception {
        ArrayBlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
        assertKilledIn(queue::take);
        queue.add("value");
        assertEquals("value", queue.poll());
    }

    @Test
    void oneThatCannotBeReachedInAMonitorIsCancelledAtItsNextWait() throws Exception {
        Object monitor = new Object();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch letGo = new CountDownLatch(1);
        Thread holder = new Thread(() -> {
            synchronized (monitor) {
                held.countDown();
                try {
                    letGo.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        });
        holder.start();
        held.await();
        Greenlet<?> victim = stepped.spawn(() -> {
            synchronized (monitor) {
                happened.add("entered");
            }
            Weft.sleep(HOUR);
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.advance(SECOND);
        assertSame(WAITING, victim.state());
        letGo.countDown();
        holder.join();
        while (!victim.state().isDone()) {
            stepped.runUntilIdle();
        }
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("entered");
    }

    @Test
    void aBrokenAwaitableDoesNotHarmItsKiller() {
        Greenlet<?> victim = stepped.spawn(() -> Weft.await(new Awaitable<String>() {
            @Override
            public void subscribe(Waiter<? super String> waiter) {}

            @Override
            public boolean unsubscribe(Waiter<? super String> waiter) {
                throw new IllegalStateException("broken on purpose");
            }
        }));
        stepped.runUntilIdle();
        stepped.run(() -> {
            victim.kill();
            return "";
        });
        assertSame(CANCELLED, victim.state());
    }

    private void assertKilledIn(java.util.concurrent.Callable<?> wait) throws InterruptedException {
        assertKilledIn(wait, new CountDownLatch(0));
    }

    /** Kills once {@code begun} is open. */
    private void assertKilledIn(java.util.concurrent.Callable<?> wait, CountDownLatch begun)
            throws InterruptedException {
        Greenlet<?> victim = stepped.spawn(() -> {
            try {
                return wait.call();
            } finally {
                happened.add("finally");
            }
        });
        victim.onEnd(ended -> happened.add("told"));
        stepped.runUntilIdle();
        assertSame(WAITING, victim.state());
        begun.await();
        victim.kill("no longer wanted");
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        String told = assertThrows(Cancelled.class, victim::join).toString();
        assertTrue(told.contains("no longer wanted"), told);
        happened.assertHappened("finally", "told");
    }

    /** The smallest thing with a queue of waiters. */
    static final class Values implements Awaitable<String> {
        private final WaitQueue<String> waiters = new WaitQueue<>();

        void put(String value) {
            Waiter<? super String> waiter = waiters.poll();
            if (waiter != null) {
                waiter.succeed(value);
            }
        }

        @Override
        public void subscribe(Waiter<? super String> waiter) {
            waiters.add(waiter);
        }

        @Override
        public boolean unsubscribe(Waiter<? super String> waiter) {
            waiters.remove(waiter);
            return true;
        }
    }
}
