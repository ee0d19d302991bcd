package dev.weft.serial;

import org.jspecify.annotations.Nullable;

/** Thrown when an object cannot be written because of its class, whatever the allow-list says. */
public final class NotSerializable extends SerializationFailed {
    private static final long serialVersionUID = 1L;

    NotSerializable(String reason, Place place, @Nullable Throwable cause) {
        super("cannot send " + place + ": " + reason, place, cause);
    }
}
