package dev.weft.kernel;

import dev.weft.Cancelled;
import java.nio.channels.ClosedByInterruptException;

/** That a scope was cancelled, or a greenlet killed: why, from where, and how it is told. Belongs to the loop's thread. */
final class Cancellation {
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

    private final Cancelled origin; // made where it was cancelled
    private boolean interrupts;

    Cancellation(String reason) {
        this.origin = new Cancelled(reason, null);
    }

    /** The exception for a wait of {@code greenlet}. */
    Cancelled thrown(String greenlet, String when) {
        return new Cancelled("greenlet " + greenlet + " was cancelled (" + origin.getMessage() + ") " + when, origin);
    }

    String reason() {
        return String.valueOf(origin.getMessage());
    }

    /** Whether {@code failure} is this cancellation on its way out, and not another one. */
    boolean hasCaused(Throwable failure) {
        return failure instanceof Cancelled
                ? failure.getCause() == origin
                : interrupts
                        && (failure instanceof InterruptedException || failure instanceof ClosedByInterruptException);
    }

    /** Whether {@code failure} is how a cancelled greenlet ends: thrown by a wait, or by JDK code that was interrupted. */
    static boolean explains(Throwable failure) {
        return failure instanceof Cancelled
                || failure instanceof InterruptedException
                || failure instanceof ClosedByInterruptException;
    }

    /** Whether it has interrupted threads, to reach greenlets that wait inside code which knows nothing of Weft. */
    boolean interrupts() {
        return interrupts;
    }

    /**
     * Interrupts {@code target}, which waits inside code that knows nothing of Weft, and again with growing pauses for as
     * long as it is there: a monitor is deaf to interrupts, and some code swallows them.
     */
    void interruptUntilItLands(Cancellable target) {
        interrupts = true;
        new Timer() {
            private int tries;

            @Override
            void fire() {
                if (target.isWaitingOutsideWeft() && target.cancellation() != null) {
                    target.thread().interrupt();
                    target.loop().setTimer(this, pauseNanos(tries++));
                }
            }
        }.fire();
    }

    /** The pause before the try number {@code tries} to get through: from 1 ms, doubled up to 1 s. */
    static long pauseNanos(int tries) {
        return Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(tries, 10));
    }
}
