package dev.weft.lint;

import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.loop.RunLoop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Over half of a busy loop's slices end with a yield: greenlets that poll for something instead of waiting for it. */
final class SelfWoken implements Lint {
    private static final long LEAST_SLICES = 100_000; // in ten seconds

    private final RunLoop loop;
    private final Growth yields = new Growth();
    private final Growth slices = new Growth();
    private @Nullable GreenletTask<?> suspect; // the last one that was seen running

    SelfWoken(RunLoop loop) {
        this.loop = loop;
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        EventLoop kernel = loop.eventLoop();
        GreenletTask<?> running = kernel.running();
        suspect = running == null ? suspect : running;
        yields.add(nowNanos, kernel.yields());
        boolean isWhole = slices.add(nowNanos, kernel.slicesOfUsers());
        if (!isWhole || slices.value() < LEAST_SLICES || yields.value() * 2 <= slices.value()) {
            return;
        }
        GreenletTask<?> last = suspect;
        found.accept(Finding.of(
                        "self-woken",
                        "loop " + loop.name(),
                        100 * yields.value() / slices.value() + " % of the slices of loop " + loop.name()
                                + " in the last ten seconds ended with a yield"
                                + (last == null ? "" : "; greenlet \"" + last.name() + "\" was seen running"),
                        "Wait for the event instead of asking for it in a loop: an Event, a Channel, a CompletionStage.",
                        Growth.SPAN_NANOS)
                .on(loop.name())
                .about(last));
    }
}
