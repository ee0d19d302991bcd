package dev.weft.io.blocking;

import java.util.concurrent.TimeUnit;

/**
 * The threads of this module. They serve everybody, so they take nothing over from whoever needs one first: they are daemons
 * of normal priority in the root group, with the system's class loader and no inherited thread-locals.
 */
public final class OwnThreads {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.io");
    private static final ThreadGroup ROOT = root();
    private static final long PAUSE_MILLIS = 10;

    private OwnThreads() {}

    private static ThreadGroup root() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    /** A thread, not yet started, that will run {@code body}. */
    public static Thread unstarted(String name, Runnable body) {
        Thread thread = new Thread(ROOT, body, name, 0, false);
        thread.setDaemon(true);
        thread.setPriority(Thread.NORM_PRIORITY);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    /**
     * Runs {@code step} until it has not thrown, with a pause before each further try: for what others wait for, and which
     * must be done even if memory runs out for a while. Who can, makes {@code step} beforehand, as that takes memory too.
     */
    public static void insist(Runnable step) {
        while (!hasRun(step)) {
            pause();
        }
    }

    private static boolean hasRun(Runnable step) {
        try {
            step.run();
            return true;
        } catch (Throwable t) {
            report(t);
            return false;
        }
    }

    private static void report(Throwable failure) {
        try {
            LOGGER.log(
                    System.Logger.Level.WARNING, Thread.currentThread().getName() + " failed and tries again", failure);
        } catch (Throwable loggerFailed) {
            // Without memory a log is not to be had; to go on is what matters.
        }
    }

    /** An interrupt stands for nothing here. */
    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            // Then the pause is shorter.
        }
    }
}
