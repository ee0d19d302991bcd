package dev.weft.serial;

import org.jspecify.annotations.Nullable;

/** Thrown when an object cannot be written or read. The message names the class, the place in the object graph, and the cure. */
public abstract sealed class SerializationFailed extends RuntimeException
        permits NotAllowed, NotSerializable, LimitExceeded, Malformed {
    private static final long serialVersionUID = 1L;

    private final String type;
    private final String path;

    SerializationFailed(String message, Place place, @Nullable Throwable cause) {
        super(message, cause);
        type = place.type();
        path = place.path();
    }

    /** Returns the name of the class of the offending object. */
    public final String type() {
        return type;
    }

    /** Returns the fields that lead from the root to the offending object, such as {@code Job.items[3].owner}. */
    public final String path() {
        return path;
    }
}
