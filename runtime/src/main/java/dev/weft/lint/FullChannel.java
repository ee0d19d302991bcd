package dev.weft.lint;

import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import java.util.IdentityHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A sender has waited for ten seconds for room in a channel. Short waits are what a bounded channel is for. */
final class FullChannel implements Lint {
    private static final long LEAST_NANOS = 10_000_000_000L;

    private final IdentityHashMap<Measured, GreenletTask<?>> seen = new IdentityHashMap<>();

    @Override
    public void see(GreenletTask<?> greenlet, @Nullable Owners wait) {
        if (wait != null
                && wait.kind() == Owners.Kind.CHANNEL
                && wait.resource() instanceof Measured channel
                && channel.capacity() > 0
                && channel.size() >= channel.capacity()
                && waitOf(greenlet) >= LEAST_NANOS) {
            seen.merge(channel, greenlet, (one, other) -> waitOf(one) >= waitOf(other) ? one : other);
        }
    }

    private static long waitOf(GreenletTask<?> greenlet) {
        return greenlet.nanosWaiting();
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        seen.forEach((channel, greenlet) -> found.accept(Finding.of(
                        "channel-full",
                        channel.toString(),
                        channel + " is full, and greenlet \"" + greenlet.name() + "\" has waited for "
                                + waitOf(greenlet) / 1_000_000_000 + " s to send",
                        "Look at its receivers: they are too slow, stuck or gone. More of them help, or a channel that drops.",
                        waitOf(greenlet))
                .about(greenlet)));
        seen.clear();
    }
}
