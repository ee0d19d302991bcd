package dev.weft;

/** A body without a result, that may throw: what {@link java.util.concurrent.Callable} is to one with a result. */
@FunctionalInterface
public interface Action {
    /** Runs the body. */
    void run() throws Exception;
}
