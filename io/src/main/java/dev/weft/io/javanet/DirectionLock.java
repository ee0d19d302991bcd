package dev.weft.io.javanet;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The lock for one direction of a socket, held by the thread or greenlet that uses the direction. As in the JDK, an interrupt
 * does not end the wait for the lock; the subsequent operation sees it. A kill does end the wait.
 */
final class DirectionLock {
    private final ReentrantLock lock = new ReentrantLock();

    /** Acquires the lock, waiting if necessary. */
    void lock() {
        if (!lock.tryLock()) {
            lockWithin(ReadinessWait.FOREVER);
        }
    }

    /** Acquires the lock within {@code nanos}. Returns the remaining nanoseconds, or 0 if the lock was not acquired. */
    long tryLock(long nanos) {
        return lock.tryLock() ? nanos : lockWithin(nanos);
    }

    private long lockWithin(long nanos) {
        if (Suspension.isOnLoop()) {
            Greenlet.current(); // throws in a loop callback, which must not wait
        }
        long begin = System.nanoTime();
        long left = nanos;
        boolean interrupted = false;
        boolean locked = false;
        while (!locked && left > 0) {
            try {
                locked = lockOnce(left);
            } catch (InterruptedException e) {
                interrupted = true;
                if (Suspension.isOnLoop()) {
                    Weft.checkCancelled();
                }
            }
            left = nanos == ReadinessWait.FOREVER ? nanos : nanos - (System.nanoTime() - begin);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (locked && left <= 0) {
            lock.unlock();
        }
        return Math.max(left, 0);
    }

    private boolean lockOnce(long nanos) throws InterruptedException {
        if (nanos == ReadinessWait.FOREVER) {
            lock.lockInterruptibly();
            return true;
        }
        return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
    }

    void unlock() {
        lock.unlock();
    }
}
