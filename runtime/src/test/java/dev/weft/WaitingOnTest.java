package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.sync.Channel;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.Test;

/** What a greenlet waits for inside the JDK can be asked, although the kernel knows nothing of it. */
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // waits of all kinds are what is tried here
class WaitingOnTest extends TaskFixture {
    private static final String HERE = WaitingOnTest.class.getName() + ".";

    /** What {@code body} waits for, once it does. */
    private String waitingOn(Callable<?> body) {
        Greenlet<?> greenlet = stepped.spawn(body);
        stepped.runUntilIdle();
        assertSame(Greenlet.State.WAITING, greenlet.state());
        String target = greenlet.waitingOn();
        assertTrue(greenlet.toString().contains(target), greenlet::toString);
        greenlet.kill();
        stepped.runUntilIdle();
        return target;
    }

    private void spawnHolder(ReentrantLock lock) {
        stepped.loop().spawn("holder", () -> {
            lock.lock();
            Weft.sleep(HOUR);
            return 0;
        });
        stepped.runUntilIdle();
    }

    @Test
    void theThreadOfAGreenletIsParkedOnWhatItWaitsFor() {
        Channel<Integer> channel = Channel.on(stepped.loop()).buffered(1);
        Greenlet<?> greenlet = stepped.spawn(() -> {
            channel.receive();
            assertNull(LockSupport.getBlocker(Thread.currentThread()));
        });
        stepped.runUntilIdle();
        Object blocker = LockSupport.getBlocker(greenlet.thread()); // as the JDK's own dumps show it
        assertEquals(greenlet.waitingOn(), String.valueOf(blocker));
        stepped.spawn(() -> channel.send(1));
        stepped.runUntilIdle();
        greenlet.join();
    }

    @Test
    void aLockIsNamedWithTheGreenletThatHoldsIt() {
        ReentrantLock lock = new ReentrantLock();
        spawnHolder(lock);
        assertEquals("java.util.concurrent.locks.ReentrantLock held by greenlet \"holder\"", waitingOn(() -> {
            lock.lockInterruptibly();
            return 0;
        }));
    }

    @Test
    void aLockIsNamedWithTheThreadThatHoldsIt() {
        ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
        lock.writeLock().lock();
        String holder = "thread \"" + Thread.currentThread().getName() + "\"";
        assertEquals("java.util.concurrent.locks.ReentrantReadWriteLock held by " + holder, waitingOn(() -> {
            lock.readLock().lockInterruptibly();
            return 0;
        }));
        lock.writeLock().unlock();
    }

    @Test
    void whatElseTheJdkParksOnIsNamedByItsClass() {
        assertEquals("java.util.concurrent.CompletableFuture", waitingOn(() -> new CompletableFuture<>().get()));
        assertEquals("java.util.concurrent.Semaphore", waitingOn(() -> {
            new Semaphore(0).acquire();
            return 0;
        }));
        assertEquals("java.util.concurrent.CountDownLatch", waitingOn(() -> {
            new CountDownLatch(1).await();
            return 0;
        }));
    }

    @Test
    void aWaitWithoutAnObjectIsNamedByTheMethodOfTheJdkAndThePlaceOfItsCall() {
        BlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        assertCalledHere("java.util.concurrent.LinkedBlockingQueue.take", waitingOn(() -> 1 + queue.take()));
        assertCalledHere("java.lang.Thread.sleep", waitingOn(() -> {
            Thread.sleep(HOUR);
            return 0;
        }));
        Object monitor = new Object();
        assertCalledHere("java.lang.Object.wait", waitingOn(() -> {
            synchronized (monitor) {
                monitor.wait();
            }
            return 0;
        }));
    }

    private static void assertCalledHere(String method, String target) {
        assertTrue(target.startsWith(method + ", called at " + HERE), target);
        assertTrue(target.contains("(WaitingOnTest.java:"), target);
    }

    @Test
    void aBodyWithoutAFrameOfItsOwnIsNamedByItsSpawn() {
        BlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        String target = waitingOn(queue::take);
        assertTrue(target.startsWith("java.util.concurrent.LinkedBlockingQueue.take, spawned at " + HERE), target);
    }

    @Test
    void aMonitorIsNamedByItsClassAndIdentity() throws Exception {
        Unprintable monitor = new Unprintable();
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread holder = new Thread(() -> {
            synchronized (monitor) {
                held.countDown();
                while (over.getCount() > 0) {
                    Thread.onSpinWait();
                }
            }
        });
        holder.start();
        held.await();
        Greenlet<?> entering = stepped.spawn(() -> {
            synchronized (monitor) {
                happened.add("entered");
            }
        });
        stepped.runUntilIdle();
        String identity = Integer.toHexString(System.identityHashCode(monitor));
        String expected = "the monitor of " + Unprintable.class.getName() + "@" + identity + ", entered at " + HERE;
        assertTrue(entering.waitingOn().startsWith(expected), entering::waitingOn);
        over.countDown();
        holder.join();
        while (!entering.state().isDone()) {
            stepped.runUntilIdle();
        }
        happened.assertHappened("entered");
    }

    @Test
    void noMethodOfAForeignObjectIsCalled() {
        assertEquals(Unprintable.class.getName(), waitingOn(() -> {
            LockSupport.park(new Unprintable());
            return 0;
        }));
    }

    private static final class Unprintable {
        @Override
        public String toString() {
            throw new AssertionError("it was asked");
        }

        @Override
        public int hashCode() {
            throw new AssertionError("it was asked");
        }

        @Override
        public boolean equals(Object other) {
            throw new AssertionError("it was asked");
        }
    }
}
