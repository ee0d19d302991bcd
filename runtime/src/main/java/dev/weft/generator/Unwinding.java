package dev.weft.generator;

/**
 * Thrown at the place where a coroutine is suspended, so that its {@code finally} blocks run and it ends. An error, so that
 * no {@code catch (Exception e)} stops it; told by identity, so that it ends the one that it is meant for.
 */
final class Unwinding extends Error {
    private static final long serialVersionUID = 1L;

    private final transient Object target;

    Unwinding(Object target) {
        super("the coroutine is being closed", null, false, false);
        this.target = target;
    }

    boolean isFor(Object coroutine) {
        return target == coroutine;
    }
}
