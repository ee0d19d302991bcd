package dev.weft.bench.targets;

import dev.weft.bench.report.Spread;
import java.util.Locale;

/** The bound of a figure, which is inclusive. */
public record Limit(Kind kind, double value) {
    /** The direction of a bound. */
    public enum Kind {
        AT_LEAST,
        AT_MOST
    }

    public static Limit atLeast(double value) {
        return new Limit(Kind.AT_LEAST, value);
    }

    public static Limit atMost(double value) {
        return new Limit(Kind.AT_MOST, value);
    }

    boolean isMetBy(Spread measured) {
        return kind == Kind.AT_LEAST ? measured.median() >= value : measured.median() <= value;
    }

    String text() {
        return String.format(Locale.ROOT, "%s %.2f", kind == Kind.AT_LEAST ? "at least" : "at most", value);
    }
}
