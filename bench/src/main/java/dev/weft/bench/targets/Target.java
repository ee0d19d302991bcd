package dev.weft.bench.targets;

import dev.weft.bench.report.Spread;
import org.jspecify.annotations.Nullable;

/**
 * A figure that has been measured, and its bound.
 *
 * @param what the figure, with its unit unless it is a ratio
 * @param measured null if a contender is not available on this machine
 */
public record Target(String what, Limit limit, @Nullable Spread measured) {
    public String text() {
        Spread known = measured;
        if (known == null) {
            return what + ": " + limit.text() + "; not measured, because a contender is missing";
        }
        return (limit.isMetBy(known) ? "met     " : "MISSED  ") + what + ": " + known.text("%.2f") + ", "
                + limit.text();
    }
}
