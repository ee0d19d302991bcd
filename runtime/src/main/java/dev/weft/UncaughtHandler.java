package dev.weft;

/** Receives what a greenlet threw and nobody was waiting for. */
@FunctionalInterface
public interface UncaughtHandler {
    /**
     * Called once for each such failure, on the loop's thread, right after {@code greenlet} has ended; must not wait. The
     * place of the spawn is among the failure's suppressed exceptions. What this throws goes to the system's logger.
     */
    void uncaught(Greenlet<?> greenlet, Throwable failure);
}
