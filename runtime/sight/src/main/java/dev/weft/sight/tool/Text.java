package dev.weft.sight.tool;

import java.time.Duration;
import java.util.Locale;

/** Figures and places as people read them. */
final class Text {
    private static final double NANOS_IN_MICRO = 1e3;
    private static final double NANOS_IN_MILLI = 1e6;
    private static final double NANOS_IN_SECOND = 1e9;

    private Text() {}

    /** Returns {@code 1,024}. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns {@code 1 greenlet} or {@code 2 greenlets}. */
    static String count(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** Returns {@code 37 %}. */
    static String share(double part) {
        return Math.round(part * 100) + " %";
    }

    /** Returns a duration with two or three significant digits, such as {@code 250 us}, {@code 3.2 s} or {@code 2 h 5 min}. */
    static String duration(long nanos) {
        if (nanos < NANOS_IN_MILLI) {
            return Math.round(nanos / NANOS_IN_MICRO) + " us";
        }
        if (nanos < NANOS_IN_SECOND) {
            return digits(nanos / NANOS_IN_MILLI) + " ms";
        }
        Duration time = Duration.ofNanos(nanos);
        if (time.toMinutes() == 0) {
            return digits(nanos / NANOS_IN_SECOND) + " s";
        }
        if (time.toHours() == 0) {
            return time.toMinutes() + " min " + time.toSecondsPart() + " s";
        }
        return time.toHours() + " h " + time.toMinutesPart() + " min";
    }

    private static String digits(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
    }

    /** Returns a place in the code, {@code app//com.example.Server.serve(Server.java:12)}, as {@code Server.serve(Server.java:12)}. */
    static String place(String frame) {
        int method = frame.indexOf('(');
        if (method < 0) {
            return frame;
        }
        int nameOfMethod = frame.lastIndexOf('.', method);
        int type = frame.lastIndexOf('.', nameOfMethod - 1);
        int module = frame.lastIndexOf('/', Math.max(nameOfMethod, 0));
        return frame.substring(Math.max(type, module) + 1);
    }
}
