package dev.weft.serial;

import org.jspecify.annotations.Nullable;

/**
 * Stands for a failure of another JVM whose class cannot be read here, because it is not on the allow-list, not serialisable,
 * or missing. It has the original's message, frames, causes and suppressed exceptions, and prints as the original does.
 */
public final class RemoteFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final String text;

    RemoteFailure(RecordedFailure recorded) {
        super(recorded.message());
        type = recorded.type();
        text = recorded.text();
        setStackTrace(recorded.frames());
    }

    /** Returns the name of the original's class. */
    public String type() {
        return type;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // the frames are those of the original
    }

    /** Links this to what stands for the original's cause and suppressed exceptions. */
    RemoteFailure linkedTo(@Nullable Throwable cause, Iterable<? extends Throwable> suppressed) {
        if (cause != null && cause != this) {
            initCause(cause);
        }
        for (Throwable other : suppressed) {
            if (other != this) {
                addSuppressed(other);
            }
        }
        return this;
    }

    /** Returns what the original's {@code toString} returned. */
    @Override
    @SuppressWarnings("OverrideThrowableToString") // the original may not print its class, or print more
    public String toString() {
        return text;
    }
}
