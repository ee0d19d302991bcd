package dev.weft.spi;

import java.util.List;

/** How a loop is being held, as seen in the stack of the code that holds it; see {@link LoopListener#onHog}. */
public enum Holding {
    /** Runs code. */
    COMPUTING,

    /** Is in a system call that has not returned: on a file, a pipe, a name server, a child process. */
    BLOCKING_CALL,

    /** Waits without unmounting: a native frame or class initialiser is on its stack, or it is not a greenlet's. */
    PINNED,

    /** Loads, links or initialises a class, whatever the initialiser does except wait. */
    LOADING_CLASSES,

    /**
     * Waits to enter a monitor that another thread or greenlet holds, without unmounting. Returned only by {@link
     * #of(Thread.State, StackTraceElement[])}.
     */
    BLOCKED;

    private static final List<String> CALLERS_OF_THE_SYSTEM = List.of(
            "java.io.", "java.net.", "java.lang.Process", "java.nio.", "sun.nio.ch.", "sun.nio.fs.", "sun.net.");
    private static final List<String> PINNED_WAITS = List.of(
            "java.lang.VirtualThread.parkOnCarrierThread",
            "java.lang.Object.wait0",
            "dev.weft.kernel.EventLoop.serveWhilePinned");
    private static final List<String> LOADERS = List.of(
            "java.lang.ClassLoader.loadClass",
            "java.lang.Class.forName",
            "java.lang.invoke.MethodHandleNatives.link",
            "jdk.internal.loader.");

    /** As {@link #of(StackTraceElement[])}; the {@code state} of the thread tells whether it waits or is blocked. */
    public static Holding of(Thread.State state, StackTraceElement[] where) {
        return switch (state) {
            case BLOCKED -> BLOCKED;
            case WAITING, TIMED_WAITING -> PINNED;
            default -> of(where);
        };
    }

    /**
     * Classifies the stack {@code where}, innermost frame first. This is a guess: third-party native code, and a pinned wait
     * for a monitor, look like computing.
     */
    public static Holding of(StackTraceElement[] where) {
        boolean loading = false;
        for (StackTraceElement frame : where) {
            String method = frame.getClassName() + "." + frame.getMethodName();
            if (PINNED_WAITS.contains(method)) {
                return PINNED;
            }
            loading |= method.endsWith(".<clinit>") || LOADERS.stream().anyMatch(method::startsWith);
        }
        if (loading) {
            return LOADING_CLASSES;
        }
        boolean inTheSystem = where.length > 0
                && where[0].isNativeMethod()
                && CALLERS_OF_THE_SYSTEM.stream().anyMatch(where[0].getClassName()::startsWith);
        return inTheSystem ? BLOCKING_CALL : COMPUTING;
    }
}
