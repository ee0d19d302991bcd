package dev.weft.kernel;

import dev.weft.scheduler.Timer;

/**
 * The interrupts that reach a cancelled greenlet waiting inside code that is unaware of Weft. They are repeated at increasing
 * intervals while it stays there, as waiting for a monitor ignores interrupts and some code swallows them. Belongs to the
 * loop's thread.
 */
final class Interruption extends Timer {
    private final CancellableWait target;
    private int tries;

    Interruption(CancellableWait target) {
        this.target = target;
    }

    /** Interrupts the greenlet, unless a previous interrupt is still to be repeated after its pause. */
    void send() {
        if (!isSet()) {
            fire();
        }
    }

    @Override
    protected void fire() {
        if (target.isWaitingOutsideWeft() && target.hasToThrow()) {
            target.scheduler().setTimer(this, Cancellation.pauseNanos(tries++));
            target.thread().interrupt();
            target.interruptSent();
        }
    }

    /** Returns whether the greenlet was interrupted since the last {@link #stop}. */
    boolean wasSent() {
        return tries > 0;
    }

    /** Clears an interrupt that was sent but not noticed, lest other waits find it. Called by the greenlet itself. */
    void clearPending() {
        if (wasSent()) {
            Thread.interrupted();
        }
    }

    /** Stops, as the greenlet has been reached. */
    void stop() {
        tries = 0;
        target.scheduler().cancelTimer(this);
    }
}
