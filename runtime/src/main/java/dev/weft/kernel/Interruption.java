package dev.weft.kernel;

import dev.weft.scheduler.Timer;

/**
 * How a greenlet is reached that waits inside code which knows nothing of Weft although it has been cancelled: its thread is
 * interrupted, and again with growing pauses for as long as it is there, as a monitor is deaf to interrupts and some code
 * swallows them. Belongs to the loop's thread.
 */
final class Interruption extends Timer {
    private final CancellableWait target;
    private int tries;

    Interruption(CancellableWait target) {
        this.target = target;
    }

    /** Interrupts it, unless that was done a moment ago and is to be done again when the pause is over. */
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

    /** Whether it was interrupted since the last {@link #stop}. */
    boolean wasSent() {
        return tries > 0;
    }

    /** For the greenlet itself: what was sent and has not landed must not be found by other waits. */
    void takeBack() {
        if (wasSent()) {
            Thread.interrupted();
        }
    }

    /** It has been reached. */
    void stop() {
        tries = 0;
        target.scheduler().cancelTimer(this);
    }
}
