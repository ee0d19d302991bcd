package dev.weft.kernel;

import dev.weft.Cancelled;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

/** That a scope was cancelled, or a greenlet killed: why, from where, and how it is told. Belongs to the loop's thread. */
final class Cancellation {
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;

    private final Cancelled origin; // made where it was cancelled

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

    /** Whether {@code failure} was thrown by a wait because of this cancellation, and not of another one. */
    boolean hasCaused(Throwable failure) {
        Throwable thrown = told(failure);
        return thrown instanceof Cancelled && thrown.getCause() == origin;
    }

    /**
     * What a wait threw. One below JDK code that swallows runtime exceptions (a resolver of names) throws an {@link
     * InterruptedIOException} instead, with the {@link Cancelled} as its cause.
     */
    private static Throwable told(Throwable failure) {
        return failure instanceof InterruptedIOException && failure.getCause() instanceof Cancelled cancelled
                ? cancelled
                : failure;
    }

    /** Adds to the {@code failure} by which {@code greenlet} has ended that it was being cancelled. */
    void attach(Throwable failure, String greenlet) {
        for (Throwable known : failure.getSuppressed()) {
            if (known instanceof Cancelled) {
                return;
            }
        }
        failure.addSuppressed(thrown(greenlet, "before it failed"));
    }

    /** Whether {@code failure} is how a cancelled greenlet ends: thrown by a wait, or by JDK code that was interrupted. */
    static boolean explains(Throwable failure) {
        return told(failure) instanceof Cancelled || isInterrupt(failure);
    }

    /** Whether {@code failure} is what JDK code throws when its thread is interrupted. */
    static boolean isInterrupt(Throwable failure) {
        return failure instanceof InterruptedException || failure instanceof ClosedByInterruptException;
    }

    /** The pause before the try number {@code tries} to get through: from 1 ms, doubled up to 1 s. */
    static long pauseNanos(int tries) {
        return Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(tries, 10));
    }
}
