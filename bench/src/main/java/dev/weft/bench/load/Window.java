package dev.weft.bench.load;

/**
 * How one window is to be measured.
 *
 * @param ratePerSecond of the open loop; 0 for a closed one
 */
public record Window(double seconds, double ratePerSecond) {
    public Window {
        if (!(seconds > 0) || !(ratePerSecond >= 0)) {
            throw new IllegalArgumentException(
                    "a window lasts more than 0 s, at a rate of at least 0: " + seconds + " s at " + ratePerSecond);
        }
    }

    /** The line of the load generator's standard input that asks for it. */
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
