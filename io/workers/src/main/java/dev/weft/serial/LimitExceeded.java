package dev.weft.serial;

import org.jspecify.annotations.Nullable;

/** Thrown when an object graph is too deep or too large. */
public final class LimitExceeded extends SerializationFailed {
    private static final long serialVersionUID = 1L;

    LimitExceeded(String verb, String reason, Place place, @Nullable Throwable cause) {
        super("cannot " + verb + " " + place + ": " + reason, place, cause);
    }
}
