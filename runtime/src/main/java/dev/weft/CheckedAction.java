package dev.weft;

/**
 * As {@link CheckedCallable}, without a result.
 *
 * @param <X> what it throws
 */
@FunctionalInterface
public interface CheckedAction<X extends Exception> extends Action {
    @Override
    void run() throws X;
}
