package dev.weft.serial;

import org.jspecify.annotations.Nullable;

/**
 * Replaces objects that stay where they are by handles that travel, and handles by objects again. Called for every object of a
 * graph, in the thread that writes or reads, so it must be fast and must not wait.
 */
public interface Substitution {
    /** Replaces nothing. */
    Substitution NONE = new Substitution() {};

    /** Returns what is written in place of {@code object}: a serialisable handle, or {@code object} itself, or null. */
    default @Nullable Object outgoing(Object object) {
        return object;
    }

    /** Returns what the reader gets in place of {@code object}, which was just read; or {@code object} itself. */
    default Object incoming(Object object) {
        return object;
    }
}
