package dev.weft.jdk;

import dev.weft.log.RuntimeLog;
import dev.weft.spi.RuntimeThread;
import java.util.List;

/**
 * The JDK's pollers of plain sockets. They are virtual threads, made by whoever is the first to wait on such a socket, and
 * inherit its scheduler: were that a greenlet, all sockets of the JVM would wait for its loop. So a platform thread has
 * them made before the first greenlet, beside all else that a first loop needs.
 */
public final class JdkPollers extends RuntimeThread {
    /** What the JDK loads as the first virtual thread ends: without memory for it then, none would ever end. */
    private static final List<String> ENDS =
            List.of("jdk.internal.event.VirtualThreadStartEvent", "jdk.internal.event.VirtualThreadEndEvent");

    private static final JdkPollers STARTER = new JdkPollers();

    static {
        STARTER.start();
    }

    private JdkPollers() {
        super("weft-jdk-pollers", JdkPollers::load);
    }

    /** Has them started, if they are not. Does not wait. */
    public static void begin() {
        // The initialiser did it.
    }

    /** Waits until they are there. */
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
