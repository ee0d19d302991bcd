package dev.weft;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Callable} that tells the compiler which exception it throws, so that the caller need not catch all of them.
 *
 * @param <T> what it returns
 * @param <X> what it throws; inferred as {@link RuntimeException} if its code throws no checked exception
 */
@FunctionalInterface
public interface CheckedCallable<T extends @Nullable Object, X extends Exception> extends Callable<T> {
    @Override
    T call() throws X;
}
