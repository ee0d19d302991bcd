package dev.weft.bench.load;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How one window is to be measured.
 *
 * @param seconds how long it is
 * @param ratePerSecond of the open loop; 0 for a closed one
 * @param countsSystemCalls whether the server's system calls are counted after it
 */
public record Window(double seconds, double ratePerSecond, boolean countsSystemCalls) {
    private static final String NUMBER = "(\\d+(?:\\.\\d+)?)";
    private static final Pattern COMMAND =
            Pattern.compile("measure " + NUMBER + " s at " + NUMBER + "( and count system calls)?");

    /** Checks them. */
    public Window {
        if (!(seconds > 0)) {
            throw new IllegalArgumentException("--window must be more than 0: " + seconds);
        }
        if (!(ratePerSecond >= 0)) {
            throw new IllegalArgumentException("--rate must not be negative: " + ratePerSecond);
        }
    }

    /** The line of standard input that asks for it. */
    public String command() {
        return String.format(Locale.ROOT, "measure %.3f s at %.3f", seconds, ratePerSecond)
                + (countsSystemCalls ? " and count system calls" : "");
    }

    static Window parse(String command) {
        Matcher match = COMMAND.matcher(command);
        if (!match.matches()) {
            throw new IllegalArgumentException("\"" + command
                    + "\" is not \"measure SECONDS s at RATE\", with or without \" and count system calls\"");
        }
        return new Window(
                Double.parseDouble(match.group(1)), Double.parseDouble(match.group(2)), match.group(3) != null);
    }
}
