package dev.weft;

/**
 * A {@link CheckedCallable} without a result.
 *
 * @param <X> the exception it throws
 */
@FunctionalInterface
public interface CheckedAction<X extends Exception> extends Action {
    @Override
    void run() throws X;
}
