package dev.weft.lint;

import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A greenlet lives on for longer than a close would grant it, although it was killed. */
final class KilledAlive implements Lint {
    private static final long GRACE_NANOS = 10_000_000_000L; // that of LoopGroup.close()

    private final Map<GreenletTask<?>, Long> seen = new LinkedHashMap<>();

    @Override
    public void see(GreenletTask<?> greenlet, @Nullable Owners wait) {
        long sinceKill = greenlet.nanosSinceKill();
        if (sinceKill >= GRACE_NANOS) {
            seen.put(greenlet, sinceKill);
        }
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        seen.forEach((greenlet, sinceKill) -> found.accept(Finding.of(
                        "killed-alive",
                        "greenlet \"" + greenlet.name() + "\"",
                        "greenlet \"" + greenlet.name() + "\" was killed " + sinceKill / 1_000_000_000
                                + " s ago and has not ended",
                        "Let its clean-up have a time limit: inside a shield, Weft.withTimeout(...). Code that ignores interrupts must"
                                + " be off-loaded.",
                        sinceKill)
                .about(greenlet)));
        seen.clear();
    }
}
