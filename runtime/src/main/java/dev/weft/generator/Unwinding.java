package dev.weft.generator;

/**
 * Thrown where a coroutine is suspended, so that its {@code finally} blocks run and it ends. It is an error, so that {@code
 * catch (Exception e)} does not stop it, and carries its target, so that it ends only that coroutine.
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
