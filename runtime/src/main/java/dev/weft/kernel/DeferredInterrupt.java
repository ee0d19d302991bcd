package dev.weft.kernel;

import dev.weft.scheduler.Timer;

/**
 * An interrupt that others sent to a greenlet, and that was cleared because the greenlet ignored it and held its loop. It is
 * sent again after a pause. Belongs to the loop's thread.
 */
final class DeferredInterrupt extends Timer {
    private static final long FORGET_NANOS = 3_000_000_000L;

    private final CancellableWait target;
    private int tries;
    private long lastNanos;

    DeferredInterrupt(CancellableWait target) {
        this.target = target;
    }

    /** Returns the pause before the interrupt is sent again, which grows with each one in a row. */
    long nextPauseNanos() {
        long now = target.scheduler().now();
        if (tries > 0 && now - lastNanos > FORGET_NANOS) {
            tries = 0;
        }
        lastNanos = now;
        return Cancellation.pauseNanos(tries++);
    }

    /** Sends it again after a pause. */
    void sendLater() {
        if (!isSet()) {
            target.scheduler().setTimer(this, nextPauseNanos());
        }
    }

    @Override
    protected void fire() {
        if (!target.isDone()) {
            target.thread().interrupt();
            target.interruptSent();
        }
    }
}
