package dev.weft.lowlevel;

import java.util.List;

/** How a greenlet holds its loop, as told by its stack; see {@link LoopListener#onHog}. */
public enum Holding {
    /** It runs code. */
    COMPUTING,

    /** It is in a call of the operating system that does not return yet: a file, a pipe, a name server, a child process. */
    BLOCKING_CALL,

    /** It waits, and its stack cannot be set aside, as a native frame or a class initialiser is on it. */
    PINNED;

    private static final List<String> CALLERS_OF_THE_SYSTEM = List.of(
            "java.io.", "java.net.", "java.lang.Process", "java.nio.", "sun.nio.ch.", "sun.nio.fs.", "sun.net.");
    private static final List<String> PINNED_WAITS =
            List.of("java.lang.VirtualThread.parkOnCarrierThread", "java.lang.Object.wait0");

    /** What the stack {@code where}, innermost frame first, says. A guess: native code of others, and a pinned wait for a monitor, look like computing. */
    public static Holding of(StackTraceElement[] where) {
        for (int i = 0; i < Math.min(where.length, 3); i++) {
            if (PINNED_WAITS.contains(where[i].getClassName() + "." + where[i].getMethodName())) {
                return PINNED;
            }
        }
        boolean inTheSystem = where.length > 0
                && where[0].isNativeMethod()
                && CALLERS_OF_THE_SYSTEM.stream().anyMatch(where[0].getClassName()::startsWith);
        return inTheSystem ? BLOCKING_CALL : COMPUTING;
    }
}
