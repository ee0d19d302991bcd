package dev.weft.spi;

import java.util.List;

/** How a loop is held, as told by the stack of what holds it; see {@link LoopListener#onHog}. */
public enum Holding {
    /** It runs code. */
    COMPUTING,

    /** It is in a call of the operating system that does not return yet: a file, a pipe, a name server, a child process. */
    BLOCKING_CALL,

    /** It waits, and its stack cannot be set aside: a native frame or a class initialiser is on it, or it is no greenlet's. */
    PINNED,

    /** It loads or links a class, or runs the initialiser of one, whatever that does but wait. */
    LOADING_CLASSES,

    /**
     * It wants to enter a monitor that another thread or greenlet holds, and its stack cannot be set aside. Only told by
     * {@link #of(Thread.State, StackTraceElement[])}.
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

    /** As {@link #of(StackTraceElement[])}; {@code state} is that of the thread, which tells whether it waits or is blocked. */
    public static Holding of(Thread.State state, StackTraceElement[] where) {
        return switch (state) {
            case BLOCKED -> BLOCKED;
            case WAITING, TIMED_WAITING -> PINNED;
            default -> of(where);
        };
    }

    /** What the stack {@code where}, innermost frame first, says. A guess: native code of others, and a pinned wait for a monitor, look like computing. */
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
