package dev.weft.kernel;

import java.util.Objects;

/**
 * A thread that the runtime makes for itself. It serves all users, so it is nobody's: whoever happens to need it first gives
 * it neither inheritable thread-locals nor a context class loader, neither a thread group nor a priority. A daemon.
 */
public class OwnThread extends Thread {
    private static final ThreadGroup ROOT = root();
    private static final Uncaught UNCAUGHT = new Uncaught();

    /** One called {@code name} that runs {@code body}. */
    public OwnThread(String name, Runnable body) {
        this(name, body, 0);
    }

    /** As the other, with a stack of so many bytes; 0 for the JVM's own size. */
    @SuppressWarnings("this-escape") // the setters are final or are not overridden
    OwnThread(String name, Runnable body, long stackSize) {
        super(ROOT, Objects.requireNonNull(body, "body"), name, stackSize, false);
        setDaemon(true);
        setPriority(NORM_PRIORITY);
        setUncaughtExceptionHandler(UNCAUGHT);
        setContextClassLoader(ClassLoader.getSystemClassLoader());
    }

    /** A failure that ends such a thread is told. */
    private static final class Uncaught implements UncaughtExceptionHandler {
        @Override
        public void uncaughtException(Thread thread, Throwable failure) {
            Reports.error("thread " + thread.getName() + " was ended by a failure", failure);
        }
    }

    private static ThreadGroup root() {
        ThreadGroup group = Objects.requireNonNull(Thread.currentThread().getThreadGroup());
        for (ThreadGroup parent = group.getParent(); parent != null; parent = group.getParent()) {
            group = parent;
        }
        return group;
    }
}
