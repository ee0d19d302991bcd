package dev.weft.bench.load;

/**
 * The parameters of one window.
 *
 * @param ratePerSecond the request rate of an open loop; 0 for a closed loop
 */
public record Window(double seconds, double ratePerSecond) {
    public Window {
        if (!(seconds > 0) || !(ratePerSecond >= 0)) {
            throw new IllegalArgumentException(
                    "a window needs a positive length and a rate of at least 0: " + seconds + " s at " + ratePerSecond);
        }
    }

    /** Returns the line that requests this window on the load generator's standard input. */
    public String command() {
        return seconds + " s at " + ratePerSecond;
    }

    static Window parse(String command) {
        String[] numbers = command.split(" s at ", -1);
        if (numbers.length != 2) {
            throw new IllegalArgumentException("\"" + command + "\" is not \"SECONDS s at RATE\"");
        }
        return new Window(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
    }
}
