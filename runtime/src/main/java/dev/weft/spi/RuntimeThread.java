package dev.weft.spi;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A thread that Weft, or an extension of it, makes for itself. It serves all users, so it is nobody's: whoever happens to need
 * it first gives it neither inheritable thread-locals nor a context class loader, neither a thread group nor a priority. A
 * daemon. A failure that ends it goes to the system's logger.
 */
public class RuntimeThread extends Thread {
    private static final ThreadGroup ROOT = root();
    private static final long PAUSE_MILLIS = 10;
    private static final Uncaught UNCAUGHT = new Uncaught();

    /** One called {@code name} that runs {@code body}. */
    public RuntimeThread(String name, Runnable body) {
        this(name, body, 0);
    }

    /** As the other, with a stack of {@code stackSize} bytes; 0 for the JVM's own size. */
    @SuppressWarnings("this-escape") // the setters are final or are not overridden
    public RuntimeThread(String name, Runnable body, long stackSize) {
        super(ROOT, Objects.requireNonNull(body, "body"), name, stackSize, false);
        setDaemon(true);
        setPriority(NORM_PRIORITY);
        setUncaughtExceptionHandler(UNCAUGHT);
        setContextClassLoader(ClassLoader.getSystemClassLoader());
    }

    /** A class of its own and no lambda, which would cost a first greenlet a millisecond. */
    private static final class Uncaught implements UncaughtExceptionHandler {
        @Override
        public void uncaughtException(Thread thread, Throwable failure) {
            System.getLogger("dev.weft")
                    .log(System.Logger.Level.ERROR, "thread " + thread.getName() + " was ended by a failure", failure);
        }
    }

    private static ThreadGroup root() {
        ThreadGroup group = Objects.requireNonNull(Thread.currentThread().getThreadGroup());
        for (ThreadGroup parent = group.getParent(); parent != null; parent = group.getParent()) {
            group = parent;
        }
        return group;
    }

    /**
     * Runs {@code step} until it has not thrown, with a pause before each further try: for what others wait for, and which
     * must be done even if memory runs out for a while. Make {@code step} beforehand, as that takes memory too. Blocks the
     * caller's thread.
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
            System.getLogger("dev.weft")
                    .log(
                            System.Logger.Level.WARNING,
                            "thread " + currentThread().getName() + " failed and tries again",
                            failure);
        } catch (Throwable loggerFailed) {
            // Without memory a report is not to be had; to go on is what matters.
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
