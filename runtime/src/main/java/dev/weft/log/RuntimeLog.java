package dev.weft.log;

import dev.weft.Greenlet;
import dev.weft.UncaughtHandler;
import org.jspecify.annotations.Nullable;

/**
 * Reports for the system logger, written by a separate thread that exists only while there are any. A loop's thread must not
 * log itself: it could wait for the lock of a logger or of {@code System.err} behind a greenlet of that very loop, which cannot
 * run meanwhile.
 */
public final class RuntimeLog {
    private static final String LOGGER = "dev.weft";
    private static final int MOST =
            10_000; // pending reports; more would fill the memory if the logger is slow or hangs
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private static final OnDemandThread WRITER = new OnDemandThread("weft-reports", MOST, RuntimeLog::tellDropped);

    private RuntimeLog() {}

    /** The default uncaught handler. */
    public static final class Uncaught implements UncaughtHandler {
        @Override
        public void uncaught(Greenlet<?> greenlet, Throwable failure) {
            RuntimeLog.uncaught(greenlet, failure);
        }
    }

    /** Reports a {@code failure} of {@code greenlet} that nobody has observed. Any thread. */
    public static void uncaught(Greenlet<?> greenlet, Throwable failure) {
        error(
                "greenlet \"" + greenlet.name() + "\", spawned at " + greenlet.spawnSite()
                        + ", failed and nobody was waiting for it",
                failure);
    }

    public static void error(String message, Throwable failure) {
        report(new Report(System.Logger.Level.ERROR, message, failure));
    }

    /** Loads everything a report needs, as there may be no memory for it later. */
    public static void prepare() {
        // Done by the static initialiser.
    }

    public static void warn(String message) {
        report(new Report(System.Logger.Level.WARNING, message, null));
    }

    /** Waits until pending reports are written, at most for a second, as loggers may hang. Not on a loop's thread. */
    public static void flush() {
        WRITER.flush(PATIENCE_NANOS);
    }

    private static void report(Report report) {
        WRITER.submit(report);
    }

    private static void tellDropped(int dropped) {
        new Report(
                        System.Logger.Level.WARNING,
                        dropped + " reports were dropped, because " + MOST + " others were pending",
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
                // There is nobody to tell that the logger failed.
            }
        }
    }
}
