package dev.weft.jdk;

import dev.weft.log.RuntimeLog;
import dev.weft.spi.RuntimeThread;
import java.util.List;

/**
 * Starts the JDK's pollers for plain sockets. They are virtual threads, created by the first thread to wait on such a socket,
 * and inherit its scheduler: if that were a greenlet, all sockets of the JVM would depend on its loop. So a platform thread
 * starts them before the first greenlet, in parallel with the rest of the first loop's start-up.
 */
public final class JdkPollers extends RuntimeThread {
    /** Loaded by the JDK when the first virtual thread ends: if memory ran out then, none would ever end. */
    private static final List<String> ENDS =
            List.of("jdk.internal.event.VirtualThreadStartEvent", "jdk.internal.event.VirtualThreadEndEvent");

    private static final JdkPollers STARTER = new JdkPollers();

    static {
        STARTER.start();
    }

    private JdkPollers() {
        super("weft-jdk-pollers", JdkPollers::load);
    }

    /** Begins to start the pollers, if that was not done before. Does not wait. */
    public static void begin() {
        // Done by the static initialiser.
    }

    /** Waits until the pollers have been started. */
    public static void await() {
        boolean interrupted = false;
        while (STARTER.isAlive()) {
            try {
                STARTER.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void load() {
        RuntimeLog.prepare();
        try {
            Class.forName("sun.nio.ch.Poller", true, null);
            for (String event : ENDS) {
                Class.forName(event, true, null);
            }
        } catch (Throwable t) {
            RuntimeLog.error("the JDK's socket pollers could not be started; plain sockets may not work", t);
        }
    }
}
