package dev.weft;

/**
 * Where a greenlet was spawned. It travels with the greenlet's failure, as a suppressed exception whose stack trace is the
 * place of the spawn, so that a stack trace tells both stories.
 */
public final class SpawnSite extends Exception {
    private static final long serialVersionUID = 1L;

    /** The greenlet {@code name}, spawned at {@code place}. */
    public SpawnSite(String name, StackTraceElement place) {
        super("greenlet \"" + name + "\" was spawned here", null, false, true);
        setStackTrace(new StackTraceElement[] {place});
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this; // the trace is the place of the spawn, not of this constructor
    }
}
