package dev.weft.stm;

/**
 * Thrown by {@link Checkout#commit} if a variable has been changed since it was checked out. Nothing was written. Check out
 * again.
 */
public final class ConcurrentUpdate extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConcurrentUpdate(String message) {
        super(message);
    }
}
