package dev.weft.http;

import java.util.Locale;

/** A listener that is told of each request that has ended. */
@FunctionalInterface
public interface AccessLog {
    /**
     * Records a request. Called by the greenlet of its connection, once for each request. It delays the next request of the
     * connection if it waits, and must not wait if the greenlet has been killed. What it throws goes to the group's uncaught
     * handler.
     */
    void log(AccessRecord request);

    /** Returns a log that writes a line for each request to the {@link System.Logger} {@code dev.weft.http.access}. */
    static AccessLog system() {
        System.Logger logger = System.getLogger("dev.weft.http.access");
        return request -> {
            if (logger.isLoggable(System.Logger.Level.INFO)) {
                logger.log(System.Logger.Level.INFO, line(request));
            }
        };
    }

    private static String line(AccessRecord request) {
        return String.format(
                Locale.ROOT,
                "%s \"%s %s %s\" %d %d %d %.3fms %s%s",
                request.remoteAddress().getAddress().getHostAddress(),
                request.method(),
                request.target(),
                request.version(),
                request.status(),
                request.requestBytes(),
                request.responseBytes(),
                request.duration().toNanos() / 1e6,
                request.id(),
                request.failure()
                        .map(failure -> " (" + failure.getClass().getSimpleName() + ")")
                        .orElse(""));
    }
}
