package dev.weft;

import dev.weft.spi.Sneaky;
import org.jspecify.annotations.Nullable;

/**
 * The way in which a greenlet ended.
 *
 * @param <T> the result of its body
 */
public sealed interface Outcome<T extends @Nullable Object> {

    /** The body returned {@code value}. */
    record Returned<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /** The body threw {@code failure}. */
    record Failed<T extends @Nullable Object>(Throwable failure) implements Outcome<T> {}

    /** The greenlet was killed, or its scope was cancelled; its last wait threw {@code cause}. */
    record Cancelled<T extends @Nullable Object>(Throwable cause) implements Outcome<T> {}

    /** Returns the body's result, or throws its exception or {@link dev.weft.Cancelled}, as {@link Greenlet#join} does. */
    default T get() {
        if (this instanceof Returned<T> returned) {
            return returned.value();
        }
        throw Sneaky.rethrow(this instanceof Failed<T> failed ? failed.failure() : ((Cancelled<T>) this).cause());
    }
}
