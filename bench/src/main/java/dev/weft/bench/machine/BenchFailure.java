package dev.weft.bench.machine;

/** Thrown when a benchmark cannot run. The message is for the user and needs no stack trace. */
public final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BenchFailure(String message) {
        super(message);
    }

    public BenchFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
