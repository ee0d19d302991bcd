package dev.weft.bench;

/** A benchmark could not be run; the message is for the person who started it, and needs no stack trace. */
final class BenchFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    BenchFailure(String message) {
        super(message);
    }

    BenchFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
