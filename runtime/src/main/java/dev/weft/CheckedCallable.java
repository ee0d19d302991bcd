package dev.weft;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Callable} that declares which exception it throws, so that its caller need not catch {@code Exception}.
 *
 * @param <T> the result
 * @param <X> the exception it throws; inferred as {@link RuntimeException} if its code throws no checked exception
 */
@FunctionalInterface
public interface CheckedCallable<T extends @Nullable Object, X extends Exception> extends Callable<T> {
    @Override
    T call() throws X;
}
