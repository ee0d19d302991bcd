package dev.weft.supervisor;

import java.util.Optional;

/**
 * What a supervisor reports (OTP's supervisor report).
 *
 * @param supervisor the supervisor's name
 * @param context what has happened
 * @param child the child concerned
 * @param reason why; empty if the child returned
 */
public record SupervisorReport(String supervisor, Context context, ChildInfo child, Optional<Throwable> reason) {
    /** What has happened to a child. */
    public enum Context {
        /** It has ended by itself, abnormally, or although it is permanent. */
        CHILD_TERMINATED("has ended"),
        /** It could not be started again. */
        START_ERROR("could not be started"),
        /** It did not stop in order when its supervisor told it to. */
        SHUTDOWN_ERROR("did not stop in order"),
        /** It was to be restarted once too often, so its supervisor gives up. */
        SHUTDOWN("has ended too often, so its supervisor gives up");

        private final String text;

        Context(String text) {
            this.text = text;
        }
    }

    /** Writes it to the system logger. */
    void log() {
        System.Logger.Level level =
                context == Context.SHUTDOWN ? System.Logger.Level.ERROR : System.Logger.Level.WARNING;
        Log.LOGGER.log(level, toString(), reason.orElse(null));
    }

    private static final class Log {
        static final System.Logger LOGGER = System.getLogger("dev.weft.supervisor");
    }

    @Override
    public String toString() {
        return "child " + child.id() + " of supervisor " + supervisor + " " + context.text;
    }
}
