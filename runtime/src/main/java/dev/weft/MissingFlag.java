package dev.weft;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when the JVM was started without a flag that Weft needs. The message has three lines: the flag, where it goes in a
 * manifest, and where it goes in tests and benchmarks. A {@code main} method may print it and exit.
 */
public final class MissingFlag extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with the complete message for the user. */
    public MissingFlag(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
