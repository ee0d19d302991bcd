package dev.weft.bench.machine;

/** A benchmark could not be run; the message is for the person who started it, and needs no stack trace. */
public final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BenchFailure(String message) {
        super(message);
    }

    public BenchFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
