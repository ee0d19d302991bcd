package dev.weft.loop;

import dev.weft.spi.Poller;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The poller of a loop without I/O: it only sleeps. A permit is a wake-up. */
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
                // Somebody interrupted the loop's thread, which stands for nothing: look at the inbox, and sleep again.
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
