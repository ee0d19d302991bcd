package dev.weft.workers;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The function that {@link Workers#map} applies to each item, bound by the rules of {@link Task}.
 *
 * @param <T> the items
 * @param <R> the results
 */
@FunctionalInterface
public interface TaskFunction<T extends @Nullable Object, R extends @Nullable Object> extends Serializable {
    /** Returns the result for {@code item}. */
    R apply(T item) throws Exception;
}
