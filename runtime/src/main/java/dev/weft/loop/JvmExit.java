package dev.weft.loop;

import dev.weft.kernel.GreenletTask;

/**
 * Whether the JVM is ending, and which greenlet called {@link System#exit}: it waits there for the shutdown hooks, and the
 * JVM ends only when it goes on. A loop that a hook closes must therefore stay for it.
 */
final class JvmExit {
    private static final Thread PROBE = new Thread(null, null, "weft-exit-probe", 0, false); // never wanted

    private static volatile boolean underWay;

    private JvmExit() {}

    /** Whether shutdown hooks run already. Any thread. */
    static boolean isUnderWay() {
        return underWay || (underWay = refusesHooks());
    }

    private static synchronized boolean refusesHooks() {
        Runtime runtime = Runtime.getRuntime();
        try {
            runtime.addShutdownHook(PROBE);
            runtime.removeShutdownHook(PROBE);
            return false;
        } catch (IllegalStateException inProgress) {
            return true;
        }
    }

    /** Whether {@code greenlet} is inside {@link System#exit}. */
    static boolean isCalledBy(GreenletTask<?> greenlet) {
        for (StackTraceElement frame : greenlet.stackTrace()) {
            if (frame.getClassName().equals("java.lang.Shutdown")) {
                return true;
            }
        }
        return false;
    }
}
