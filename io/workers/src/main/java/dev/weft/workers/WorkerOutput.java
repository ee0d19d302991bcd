package dev.weft.workers;

/** Receives what worker processes write to their standard output and error, line by line. */
@FunctionalInterface
public interface WorkerOutput {
    /** A stream of a worker. */
    enum Source {
        STDOUT,
        STDERR
    }

    /**
     * Receives a line of worker {@code pid}, without its terminator; one of more than 8 KiB comes in pieces. Called by a thread
     * of the group's pool for off-loaded calls, for each stream of each worker in order. While it does not return, the worker
     * blocks once the pipe is full.
     */
    void line(long pid, Source source, String text);
}
