package dev.weft.lint;

import dev.weft.offload.OffloadPool;
import java.util.function.Consumer;

/** All threads of an off-load pool have been busy in each look of five seconds, while calls waited for one. */
final class SaturatedOffload implements Lint {
    private static final long LEAST_NANOS = 5_000_000_000L;
    private static final long NOT = -1;

    private final OffloadPool pool;
    private final String cure;
    private long sinceNanos = NOT;

    SaturatedOffload(OffloadPool pool, String cure) {
        this.pool = pool;
        this.cure = cure;
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        int queued = pool.queued();
        if (queued == 0 || pool.running() < pool.threads()) {
            sinceNanos = NOT;
            return;
        }
        if (sinceNanos == NOT) {
            sinceNanos = nowNanos;
        }
        long lasting = nowNanos - sinceNanos;
        if (lasting >= LEAST_NANOS) {
            found.accept(Finding.of(
                    "offload-saturated",
                    "pool " + pool.name(),
                    "all " + pool.threads() + " threads of " + pool.name() + " have been busy for "
                            + lasting / 1_000_000_000 + " s, and " + queued + " calls wait for one",
                    cure,
                    lasting));
        }
    }
}
