package dev.weft.serial;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when bytes cannot be read as an object: they are damaged, they name a class that is missing here or is a different
 * version, or the class itself rejects the values. The cause tells which.
 */
public final class Malformed extends SerializationFailed {
    private static final long serialVersionUID = 1L;

    Malformed(String reason, Place place, @Nullable Throwable cause) {
        super("cannot read " + place + ": " + reason, place, cause);
    }
}
