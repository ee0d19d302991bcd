package dev.weft;

/** Receives what a greenlet threw and nobody was waiting for. */
@FunctionalInterface
public interface UncaughtHandler {
    /**
     * Called once for each such failure, on the loop's thread, right after {@code greenlet} has ended; must not wait, not even
     * for a lock that greenlets of the loop take too, as a logger's may be: one of them may be next in line, and cannot run
     * meanwhile. (The handler of a group that was given none has a thread of its own do the logging.) The place of the spawn
     * is among the failure's suppressed exceptions. What this throws goes to the system's logger.
     */
    void uncaught(Greenlet<?> greenlet, Throwable failure);
}
