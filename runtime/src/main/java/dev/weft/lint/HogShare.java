package dev.weft.lint;

import dev.weft.kernel.GreenletTask;
import dev.weft.loop.RunLoop;
import dev.weft.scheduler.Scheduler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A loop spends a fifth of its time in stretches of over 10 ms in which nothing else can run. */
final class HogShare implements Lint {
    private static final int LEAST_PERCENT = 20;

    private final RunLoop loop;
    private final Growth hogged = new Growth();
    private @Nullable GreenletTask<?> suspect; // the last one that was seen running

    HogShare(RunLoop loop) {
        this.loop = loop;
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        Scheduler scheduler = loop.eventLoop().scheduler;
        GreenletTask<?> running = loop.eventLoop().running();
        suspect = running == null ? suspect : running;
        if (!hogged.add(nowNanos, scheduler.hoggedNanos())) {
            return;
        }
        long percent = 100 * hogged.value() / Growth.SPAN_NANOS;
        if (percent >= LEAST_PERCENT) {
            GreenletTask<?> last = suspect;
            found.accept(Finding.of(
                            "hog-share",
                            "loop " + loop.name(),
                            "loop " + loop.name() + " has spent " + percent
                                    + " % of the last ten seconds in stretches of over 10 ms"
                                    + " in which nothing else could run"
                                    + (last == null ? "" : "; greenlet \"" + last.name() + "\" was seen running"),
                            "Let long computations yield, Weft.yieldNow(), or compute on another thread, Weft.compute(() -> ...).",
                            Growth.SPAN_NANOS)
                    .on(loop.name())
                    .about(last));
        } else {
            suspect = running;
        }
    }
}
