package dev.weft;

/** A handler of greenlet failures that nobody was waiting for. Each loop makes one call at a time. */
@FunctionalInterface
public interface UncaughtHandler {
    /**
     * Called once for each such failure, in order, by a greenlet of the loop on which {@code greenlet} ended, in the next
     * turn; a join before that counts as observing the failure, and there is no call. The spawn site is among the failure's
     * suppressed exceptions.
     *
     * <p>The handler may log, take locks and wait. A call that does not return delays only later calls; once 10,000 failures
     * are queued, further ones go to the system logger, as do exceptions of the handler. A closing group waits for it for at
     * most a second.
     */
    void uncaught(Greenlet<?> greenlet, Throwable failure);
}
