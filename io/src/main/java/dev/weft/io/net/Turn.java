package dev.weft.io.net;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The use of one direction of a socket, by one at a time; others wait. As in the JDK an interrupt does not end that wait, and
 * is found by the operation that follows; but a kill does.
 */
final class Turn {
    private final ReentrantLock lock = new ReentrantLock();

    /** Takes the turn; {@link #end} must follow. */
    void take() {
        if (!lock.tryLock()) {
            takeIn(Station.FOREVER);
        }
    }

    /** As {@link #take()}, for {@code nanos} at the most: gives what is left of them, or 0 if the turn was not taken. */
    long take(long nanos) {
        return lock.tryLock() ? nanos : takeIn(nanos);
    }

    private long takeIn(long nanos) {
        if (Suspension.isOnLoop()) {
            Greenlet.current(); // or else a callback of the loop, which must not wait, and is told so
        }
        long begin = System.nanoTime();
        long left = nanos;
        boolean interrupted = false;
        boolean taken = false;
        while (!taken && left > 0) {
            try {
                taken = takeOnce(left);
            } catch (InterruptedException e) {
                interrupted = true;
                if (Suspension.isOnLoop()) {
                    Weft.checkCancelled();
                }
            }
            left = nanos == Station.FOREVER ? nanos : nanos - (System.nanoTime() - begin);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (taken && left <= 0) {
            lock.unlock();
        }
        return Math.max(left, 0);
    }

    private boolean takeOnce(long nanos) throws InterruptedException {
        if (nanos == Station.FOREVER) {
            lock.lockInterruptibly();
            return true;
        }
        return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
    }

    void end() {
        lock.unlock();
    }
}
