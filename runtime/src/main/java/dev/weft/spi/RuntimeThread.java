package dev.weft.spi;

import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A daemon thread that Weft, or an extension of it, creates for itself. As it serves all users, it inherits nothing from the
 * thread that happens to create it: no inheritable thread-locals, context class loader, thread group or priority. An uncaught
 * exception is reported to the system logger.
 */
public class RuntimeThread extends Thread {
    private static final ThreadGroup ROOT = root();
    private static final long PAUSE_MILLIS = 10;
    private static final Uncaught UNCAUGHT = new Uncaught();

    /** Creates a thread called {@code name} that runs {@code body}. */
    public RuntimeThread(String name, Runnable body) {
        this(name, body, 0);
    }

    /** Creates a thread with a stack of {@code stackSize} bytes; 0 for the JVM's default. */
    @SuppressWarnings("this-escape") // the setters are final or are not overridden
    public RuntimeThread(String name, Runnable body, long stackSize) {
        super(ROOT, Objects.requireNonNull(body, "body"), name, stackSize, false);
        setDaemon(true);
        setPriority(NORM_PRIORITY);
        setUncaughtExceptionHandler(UNCAUGHT);
        setContextClassLoader(ClassLoader.getSystemClassLoader());
    }

    /** A class rather than a lambda, which would delay the first greenlet by a millisecond. */
    private static final class Uncaught implements UncaughtExceptionHandler {
        @Override
        public void uncaughtException(Thread thread, Throwable failure) {
            reportEnd(thread, failure);
        }
    }

    /** Logs that {@code thread} was ended by {@code failure}. */
    protected static void reportEnd(Thread thread, Throwable failure) {
        System.getLogger("dev.weft")
                .log(System.Logger.Level.ERROR, "thread " + thread.getName() + " was ended by a failure", failure);
    }

    private static ThreadGroup root() {
        ThreadGroup group = Objects.requireNonNull(Thread.currentThread().getThreadGroup());
        for (ThreadGroup parent = group.getParent(); parent != null; parent = group.getParent()) {
            group = parent;
        }
        return group;
    }

    /**
     * Runs {@code step}, again after a pause if it throws, until it completes normally. For steps that others wait for and that
     * must succeed even if memory runs out for a while. Allocate {@code step} in advance, as that takes memory too. Blocks the
     * calling thread.
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
                            "thread " + currentThread().getName() + " failed; retrying",
                            failure);
        } catch (Throwable loggerFailed) {
            // There may be no memory for a report; going on is what matters.
        }
    }

    /** Interrupts have no meaning here. */
    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            // The pause is merely shorter.
        }
    }
}
