package dev.weft.kernel;

import dev.weft.Cancelled;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/** The cancellation of a scope or greenlet: its reason, its origin, and its exceptions. Belongs to the loop's thread. */
public final class Cancellation {
    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 1_000_000_000;
    private static final String CLOSED_BY_INTERRUPT =
            "Closed by interrupt"; // the only sign of it in java.net's exception

    private final Cancelled origin; // created where it was cancelled
    private final boolean forced;

    public Cancellation(String reason) {
        this(reason, null, false);
    }

    private Cancellation(String reason, @Nullable Throwable cause, boolean forced) {
        this.origin = new Cancelled(reason, cause);
        this.forced = forced;
    }

    /** Creates a cancellation that {@code cause} has led to. */
    static Cancellation causedBy(Throwable cause, String reason) {
        return new Cancellation(reason, cause, false);
    }

    /** Creates a cancellation that shields do not hold off. */
    static Cancellation forced(String reason) {
        return new Cancellation(reason, null, true);
    }

    /** Returns whether shields do not hold it off. */
    boolean isForced() {
        return forced;
    }

    /** Returns whether it takes the place of {@code earlier}. */
    boolean overrides(@Nullable Cancellation earlier) {
        return earlier == null || (forced && !earlier.forced);
    }

    /** Creates the exception for a wait of {@code greenlet}. */
    Cancelled thrown(String greenlet, String when) {
        return new Cancelled("greenlet " + greenlet + " was cancelled (" + origin.getMessage() + ") " + when, origin);
    }

    String reason() {
        return String.valueOf(origin.getMessage());
    }

    /** Returns whether {@code failure} was caused by this cancellation and not by another one, however it has been wrapped. */
    boolean hasCaused(Throwable failure) {
        return source(failure) instanceof Cancelled thrown && thrown.getCause() == origin;
    }

    /** Returns whether {@code failure} was caused by a cancellation other than this one. */
    boolean isOfAnother(Throwable failure) {
        return source(failure) instanceof Cancelled thrown && thrown.getCause() != origin;
    }

    /**
     * Returns the exception of a wait that {@code failure} was caused by, or {@code failure} itself if there is none. Code that
     * is unaware of Weft wraps it: a resolver in an {@link InterruptedIOException}, a driver in an {@code SQLException}, a
     * future in an {@link java.util.concurrent.ExecutionException}. An {@link Error} is never looked through: a class whose
     * initialiser was cancelled is broken for others too.
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

    /** Notes in {@code failure}, with which {@code greenlet} ended, that it was being cancelled. */
    void attach(Throwable failure, String greenlet) {
        for (Throwable known : failure.getSuppressed()) {
            if (known instanceof Cancelled) {
                return;
            }
        }
        failure.addSuppressed(thrown(greenlet, "before it failed"));
    }

    /** Returns whether {@code failure} is how a cancelled greenlet ends: thrown by a wait, or by interrupted JDK code. */
    static boolean explains(Throwable failure) {
        Throwable source = source(failure);
        return source instanceof Cancelled || isThrownByInterrupt(source);
    }

    /** Returns whether {@code failure} was caused by the interrupt of a thread in JDK code. */
    static boolean isInterrupt(Throwable failure) {
        return isThrownByInterrupt(source(failure));
    }

    private static boolean isThrownByInterrupt(Throwable thrown) {
        return thrown instanceof InterruptedException
                || thrown instanceof ClosedByInterruptException
                || (thrown instanceof InterruptedIOException && !(thrown instanceof SocketTimeoutException))
                || (thrown instanceof SocketException && CLOSED_BY_INTERRUPT.equals(thrown.getMessage()));
    }

    /** Returns the pause before attempt {@code tries}: 1 ms, doubling up to 1 s. */
    static long pauseNanos(int tries) {
        return Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(tries, 10));
    }
}
