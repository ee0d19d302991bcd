package dev.weft;

/** Receives what a greenlet threw and nobody was waiting for. On each loop one call is made at a time. */
@FunctionalInterface
public interface UncaughtHandler {
    /**
     * Called once for each such failure, in the order in which they happened, by a greenlet of the loop on which {@code
     * greenlet} has ended, with the next turn: whoever joins in the meantime has heard of the failure. It may log, take locks
     * and wait; a call that does not come back holds up the later ones and nothing else: when 10,000 wait for it, further
     * failures go to the system's logger. The place of the spawn is among the failure's suppressed exceptions. What this
     * throws goes to the system's logger. A group that closes waits a second for it.
     */
    void uncaught(Greenlet<?> greenlet, Throwable failure);
}
