package dev.weft.bench.machine;

/** A benchmark could not be run; the message is for the person who started it, and needs no stack trace. */
public final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** A message for who started the command. */
    public BenchFailure(String message) {
        super(message);
    }

    /** The same with its cause. */
    public BenchFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
