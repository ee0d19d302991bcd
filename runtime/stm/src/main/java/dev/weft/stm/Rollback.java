package dev.weft.stm;

/**
 * Thrown through the body of a transaction whose attempt is over. An {@code Error}, so that a body which handles exceptions does
 * not handle it by accident. The two are shared and have no stack trace.
 */
@SuppressWarnings("StaticAssignmentOfThrowable")
final class Rollback extends Error {
    private static final long serialVersionUID = 1L;

    /** Another transaction has changed what this one has read: it must run again. */
    static final Rollback CONFLICT = new Rollback("conflict");

    /** The body has called {@code retry}: it must run again once something that it read has changed. */
    static final Rollback RETRY = new Rollback("retry");

    private Rollback(String why) {
        super("control flow of a transaction (" + why + "), not to be caught: let it pass", null, false, false);
    }
}
