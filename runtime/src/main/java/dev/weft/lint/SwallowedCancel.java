package dev.weft.lint;

import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A cancelled greenlet waits again and again, although each wait throws. */
final class SwallowedCancel implements Lint {
    private static final int LEAST_REFUSALS = 3; // a finally block may try once or twice

    private final Map<GreenletTask<?>, Integer> seen = new LinkedHashMap<>();

    @Override
    public void see(GreenletTask<?> greenlet, @Nullable Owners wait) {
        int refusals = greenlet.refusals();
        if (refusals >= LEAST_REFUSALS) {
            seen.put(greenlet, refusals);
        }
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        seen.forEach((greenlet, refusals) -> found.accept(Finding.of(
                        "cancel-swallowed",
                        "greenlet \"" + greenlet.name() + "\"",
                        "greenlet \"" + greenlet.name() + "\" is cancelled and has waited " + refusals
                                + " times all the same, each time in vain",
                        "Do not catch Cancelled inside a loop, or rethrow it; what must wait during clean-up belongs into"
                                + " Weft.shield(() -> ...).",
                        Math.max(0, greenlet.nanosSinceKill()))
                .about(greenlet)));
        seen.clear();
    }
}
