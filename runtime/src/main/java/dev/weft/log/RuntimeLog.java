package dev.weft.log;

import dev.weft.Greenlet;
import dev.weft.UncaughtHandler;
import org.jspecify.annotations.Nullable;

/**
 * What nobody else takes: to the system's logger, and never back into the loop. It is written by a thread of its own, which
 * is there for as long as there is something to write. A loop's thread must not log: it could stand in line, for the lock of
 * a logger or of {@code System.err}, behind a greenlet of that very loop, which cannot run meanwhile.
 */
public final class RuntimeLog {
    private static final String LOGGER = "dev.weft";
    private static final int MOST = 10_000; // unwritten ones; more would fill the memory if the logger is slow or hangs
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private static final OnDemandThread WRITER = new OnDemandThread("weft-reports", MOST, RuntimeLog::tellDropped);

    private RuntimeLog() {}

    /** The uncaught handler of a group that was given none. */
    public static final class Uncaught implements UncaughtHandler {
        @Override
        public void uncaught(Greenlet<?> greenlet, Throwable failure) {
            RuntimeLog.uncaught(greenlet, failure);
        }
    }

    /** Any thread: {@code greenlet} has ended by {@code failure}, of which nobody has heard. */
    public static void uncaught(Greenlet<?> greenlet, Throwable failure) {
        error(
                "greenlet \"" + greenlet.name() + "\", spawned at " + greenlet.spawnSite()
                        + ", failed and nobody was waiting for it",
                failure);
    }

    public static void error(String message, Throwable failure) {
        report(new Report(System.Logger.Level.ERROR, message, failure));
    }

    /** Has all loaded that a report needs, as there may be no memory for it later. */
    public static void prepare() {
        // The initialiser did it.
    }

    public static void warn(String message) {
        report(new Report(System.Logger.Level.WARNING, message, null));
    }

    /** Any thread but a loop's: waits until what was reported is written; no longer than a second, as loggers may hang. */
    public static void flush() {
        WRITER.flush(PATIENCE_NANOS);
    }

    private static void report(Report report) {
        WRITER.submit(report);
    }

    private static void tellDropped(int dropped) {
        new Report(
                        System.Logger.Level.WARNING,
                        dropped + " reports were dropped, as " + MOST + " others were still to be written",
                        null)
                .run();
    }

    private record Report(
            System.Logger.Level level,
            String message,
            @Nullable Throwable failure) implements Runnable {
        @Override
        public void run() {
            try {
                System.getLogger(LOGGER).log(level, message, failure);
            } catch (Throwable loggerFailed) {
                // A logger that fails leaves nobody to tell.
            }
        }
    }
}
