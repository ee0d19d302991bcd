package dev.weft;

/**
 * The place where a greenlet was spawned. It is added to the greenlet's failure as a suppressed exception whose stack trace
 * is that place, so that a printed trace shows both.
 */
public final class SpawnSite extends Exception {
    private static final long serialVersionUID = 1L;

    /** Creates the spawn site of greenlet {@code name}, spawned at {@code place}. */
    public SpawnSite(String name, StackTraceElement place) {
        super("greenlet \"" + name + "\" was spawned here", null, false, true);
        setStackTrace(new StackTraceElement[] {place});
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // the trace is that of the spawn, not of this constructor
    }
}
