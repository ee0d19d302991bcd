package dev.weft;

/** A task that returns no result and may throw: the counterpart of {@link java.util.concurrent.Callable}. */
@FunctionalInterface
public interface Action {
    /** Runs the body. */
    void run() throws Exception;
}
