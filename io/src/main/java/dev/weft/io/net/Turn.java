package dev.weft.io.net;

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
            takeSlowly(Station.FOREVER);
        }
    }

    /** As {@link #take()}, for {@code nanos} at the most: gives what is left of them, or 0 if the turn was not taken. */
    long take(long nanos) {
        return lock.tryLock() ? nanos : takeSlowly(nanos);
    }

    private long takeSlowly(long nanos) {
        long begin = System.nanoTime();
        boolean interrupted = false;
        long left = nanos;
        while (left > 0) {
            try {
                boolean taken = lock.tryLock(left, TimeUnit.NANOSECONDS);
                left = nanos == Station.FOREVER ? nanos : nanos - (System.nanoTime() - begin);
                if (taken && left <= 0) {
                    lock.unlock();
                }
                if (taken) {
                    break;
                }
            } catch (InterruptedException e) {
                if (Suspension.isOnLoop()) {
                    Weft.checkCancelled();
                }
                interrupted = true;
                left = nanos == Station.FOREVER ? nanos : nanos - (System.nanoTime() - begin);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return Math.max(left, 0);
    }

    void end() {
        lock.unlock();
    }
}
