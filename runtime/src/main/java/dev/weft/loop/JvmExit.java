package dev.weft.loop;

import dev.weft.kernel.GreenletTask;

/**
 * Tells whether the JVM is exiting, and which greenlet has called {@link System#exit}. That greenlet waits there for the
 * shutdown hooks, and the JVM exits only when it resumes. So a loop that is closed by a hook must stay for it.
 */
final class JvmExit {
    private static final Thread PROBE = new Thread(null, null, "weft-exit-probe", 0, false); // never started

    private static volatile boolean underWay;

    private JvmExit() {}

    /** Returns whether shutdown hooks are already running. Any thread. */
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

    /** Returns whether {@code greenlet} is inside {@link System#exit}. */
    static boolean isCalledBy(GreenletTask<?> greenlet) {
        for (StackTraceElement frame : greenlet.stackTrace()) {
            if (frame.getClassName().equals("java.lang.Shutdown")) {
                return true;
            }
        }
        return false;
    }
}
