package dev.weft.time;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by {@link Retry#callUntil} when no attempt has produced an acceptable result. Failures of earlier attempts are
 * suppressed in it.
 */
public final class RetriesExhausted extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient @Nullable Object lastResult;

    RetriesExhausted(int attempts, String why, @Nullable Object lastResult) {
        super("no acceptable result after " + attempts + (attempts == 1 ? " attempt" : " attempts") + " (" + why
                + "); the last one was " + lastResult);
        this.lastResult = lastResult;
    }

    /** Returns the result of the last attempt; null if that was the result, or after deserialization. */
    public @Nullable Object lastResult() {
        return lastResult;
    }
}
