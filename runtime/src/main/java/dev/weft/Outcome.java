package dev.weft;

import dev.weft.spi.Sneaky;
import org.jspecify.annotations.Nullable;

/**
 * How a greenlet has ended.
 *
 * @param <T> what its body returns
 */
public sealed interface Outcome<T extends @Nullable Object> {

    /** The body returned {@code value}. */
    record Returned<T extends @Nullable Object>(T value) implements Outcome<T> {}

    /** The body threw {@code failure}. */
    record Failed<T extends @Nullable Object>(Throwable failure) implements Outcome<T> {}

    /** It was killed, or its scope was cancelled; {@code cause} is what the last wait threw. */
    record Cancelled<T extends @Nullable Object>(Throwable cause) implements Outcome<T> {}

    /** What the body returned; throws what it threw, or its {@link dev.weft.Cancelled}, as {@link Greenlet#join} does. */
    default T get() {
        if (this instanceof Returned<T> returned) {
            return returned.value();
        }
        throw Sneaky.rethrow(this instanceof Failed<T> failed ? failed.failure() : ((Cancelled<T>) this).cause());
    }
}
