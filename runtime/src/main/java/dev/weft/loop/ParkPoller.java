package dev.weft.loop;

import dev.weft.spi.Poller;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The poller of a loop without I/O, which only sleeps. A permit is a wakeup. */
final class ParkPoller implements Poller {
    private final Semaphore wakeUps = new Semaphore(0);

    @Override
    public int poll(long timeoutNanos) {
        if (timeoutNanos > 0) {
            try {
                if (wakeUps.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) {
                    wakeUps.drainPermits();
                }
            } catch (InterruptedException e) {
                // An interrupt of the loop's thread has no meaning: check the inbox and sleep again.
            }
        }
        return 0;
    }

    @Override
    public void wakeup() {
        wakeUps.release();
    }

    @Override
    public boolean hasSources() {
        return false;
    }

    @Override
    public void close() {
        wakeUps.drainPermits();
    }
}
