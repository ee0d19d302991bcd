package dev.weft.kernel;

import dev.weft.Greenlet;
import dev.weft.UncaughtHandler;

/** What nobody else takes: to the system's logger, and never back into the loop. */
final class Reports {
    private static final String LOGGER = "dev.weft";

    private Reports() {}

    /** The uncaught handler of a group that was given none. */
    static final class Uncaught implements UncaughtHandler {
        @Override
        public void uncaught(Greenlet<?> greenlet, Throwable failure) {
            error(
                    "greenlet \"" + greenlet.name() + "\", spawned at " + greenlet.spawnSite()
                            + ", failed and nobody was waiting for it",
                    failure);
        }
    }

    static void error(String message, Throwable failure) {
        log(System.Logger.Level.ERROR, message, failure);
    }

    static void warn(String message) {
        log(System.Logger.Level.WARNING, message, null);
    }

    private static void log(
            System.Logger.Level level, String message, @org.jspecify.annotations.Nullable Throwable failure) {
        try {
            System.getLogger(LOGGER).log(level, message, failure);
        } catch (Throwable loggerFailed) {
            // A logger that fails leaves nobody to tell; the loop must go on.
        }
    }
}
