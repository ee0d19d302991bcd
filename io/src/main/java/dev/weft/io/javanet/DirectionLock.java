package dev.weft.io.javanet;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Held by the thread or greenlet that uses one direction of a socket; others wait for it. As in the JDK, an interrupt
 * does not end that wait, and is seen by the operation that follows. A kill does end it.
 */
final class DirectionLock {
    private final ReentrantLock lock = new ReentrantLock();

    /** Waits for the lock; {@link #unlock} must follow. */
    void lock() {
        if (!lock.tryLock()) {
            lockWithin(ReadinessWait.FOREVER);
        }
    }

    /** As {@link #lock}, for up to {@code nanos}: returns what is left of them, or 0 if the lock was not taken. */
    long tryLock(long nanos) {
        return lock.tryLock() ? nanos : lockWithin(nanos);
    }

    private long lockWithin(long nanos) {
        if (Suspension.isOnLoop()) {
            Greenlet.current(); // throws in a callback of the loop, which must not wait
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
