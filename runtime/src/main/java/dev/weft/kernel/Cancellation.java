package dev.weft.kernel;

import dev.weft.Cancelled;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/** That a scope was cancelled, or a greenlet killed: why, from where, and how it is told. Belongs to the loop's thread. */
public final class Cancellation {
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;
    private static final String CLOSED_BY_INTERRUPT = "Closed by interrupt"; // by which alone java.net tells it

    private final Cancelled origin; // made where it was cancelled

    public Cancellation(String reason) {
        this.origin = new Cancelled(reason, null);
    }

    /** The exception for a wait of {@code greenlet}. */
    Cancelled thrown(String greenlet, String when) {
        return new Cancelled("greenlet " + greenlet + " was cancelled (" + origin.getMessage() + ") " + when, origin);
    }

    String reason() {
        return String.valueOf(origin.getMessage());
    }

    /** Whether {@code failure} came of this cancellation and not of another one, whatever it was wrapped in on its way. */
    boolean hasCaused(Throwable failure) {
        return source(failure) instanceof Cancelled thrown && thrown.getCause() == origin;
    }

    /** Whether {@code failure} goes back to a cancellation, but not to this one. */
    boolean isOfAnother(Throwable failure) {
        return source(failure) instanceof Cancelled thrown && thrown.getCause() != origin;
    }

    /**
     * What a wait threw, if {@code failure} goes back to that, else itself. Code that knows nothing of Weft makes exceptions
     * of its own of it: a resolver an {@link InterruptedIOException}, a driver an {@code SQLException}, a future an {@link
     * java.util.concurrent.ExecutionException}. An {@link Error} stays what it is: a class whose initialiser was cancelled is
     * broken for others too.
     */
    static Throwable source(Throwable failure) {
        Throwable found = failure;
        @Nullable Throwable cause = failure;
        for (int depth = 0; cause instanceof Exception && depth < Causes.DEEPEST; depth++) {
            if (cause instanceof Cancelled) {
                return cause;
            }
            if (isThrownByInterrupt(cause)) {
                found = cause;
            }
            cause = Failures.cause(cause);
        }
        return found;
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
        Throwable source = source(failure);
        return source instanceof Cancelled || isThrownByInterrupt(source);
    }

    /** Whether {@code failure} goes back to the interrupt of a thread in JDK code. */
    static boolean isInterrupt(Throwable failure) {
        return isThrownByInterrupt(source(failure));
    }

    private static boolean isThrownByInterrupt(Throwable thrown) {
        return thrown instanceof InterruptedException
                || thrown instanceof ClosedByInterruptException
                || (thrown instanceof InterruptedIOException && !(thrown instanceof SocketTimeoutException))
                || (thrown instanceof SocketException && CLOSED_BY_INTERRUPT.equals(thrown.getMessage()));
    }

    /** The pause before the try number {@code tries} to get through: from 1 ms, doubled up to 1 s. */
    static long pauseNanos(int tries) {
        return Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(tries, 10));
    }
}
