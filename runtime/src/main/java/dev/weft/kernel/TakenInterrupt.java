package dev.weft.kernel;

/**
 * An interrupt that others have sent to a greenlet, and that was taken back as the greenlet ignored it and kept its loop. It is
 * sent again after a pause. Belongs to the loop's thread.
 */
final class TakenInterrupt extends Timer {
    private static final long FORGET_NANOS = 3_000_000_000L;

    private final Cancellable target;
    private int tries;
    private long lastNanos;

    TakenInterrupt(Cancellable target) {
        this.target = target;
    }

    /** One more in a row is to come again; returns after which pause. */
    long nextPauseNanos() {
        long now = target.loop().now();
        if (tries > 0 && now - lastNanos > FORGET_NANOS) {
            tries = 0;
        }
        lastNanos = now;
        return Cancellation.pauseNanos(tries++);
    }

    /** Sends it again after a pause. */
    void sendLater() {
        if (!isSet()) {
            target.loop().setTimer(this, nextPauseNanos());
        }
    }

    @Override
    void fire() {
        if (!target.greenlet().isDone()) {
            target.thread().interrupt();
            target.loop().interruptGuard().sent();
        }
    }
}
