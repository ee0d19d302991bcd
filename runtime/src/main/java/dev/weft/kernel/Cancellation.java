package dev.weft.kernel;

import dev.weft.Cancelled;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/** That a greenlet was killed: why, from where, and how it is told. Belongs to the loop's thread once it has been set. */
final class Cancellation {
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

    private final String greenlet;
    private final Cancelled origin; // made where kill was called
    private int thrown;

    Cancellation(String greenlet, String reason) {
        this.greenlet = greenlet;
        this.origin = new Cancelled(reason, null);
    }

    /** The exception for a wait of the killed greenlet. */
    Cancelled thrown(String when, @Nullable Throwable inner) {
        thrown++;
        Cancelled cancelled =
                new Cancelled("greenlet " + greenlet + " was cancelled (" + origin.getMessage() + ") " + when, origin);
        if (inner != null) {
            cancelled.addSuppressed(inner);
        }
        return cancelled;
    }

    /** Whether {@code failure} is how a kill ends a greenlet: thrown by a wait, or by JDK code that was interrupted. */
    boolean explains(Throwable failure) {
        return failure instanceof Cancelled
                || failure instanceof InterruptedException
                || failure instanceof ClosedByInterruptException;
    }

    /**
     * Throws at a new wait of {@code owner}. Code that swallows the exception and waits again, in a loop, is slowed down:
     * from the second time on others run first, for ever longer.
     */
    void throwAt(GreenletTask<?> owner, Object target) {
        if (thrown > 1) {
            boolean interrupted = Thread.interrupted(); // it would end the pause at once
            owner.pause(pauseNanos(thrown - 2));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        throw thrown("before it could wait for " + target, null);
    }

    /**
     * Interrupts {@code target}, which waits inside code that knows nothing of Weft, and again with growing pauses for as
     * long as it is there: a monitor is deaf to interrupts, and some code swallows them.
     */
    void interruptUntilItLands(GreenletTask<?> target) {
        new Timer() {
            private int tries;

            @Override
            void fire() {
                if (target.isWaitingOutsideWeft()) {
                    target.thread().interrupt();
                    target.loop.setTimer(this, pauseNanos(tries++));
                }
            }
        }.fire();
    }

    private static long pauseNanos(int tries) {
        return Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(tries, 10));
    }
}
