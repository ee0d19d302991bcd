package dev.weft.bench.scale;

import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;

/** Very many of something, at rest. */
interface Crowd extends AutoCloseable {
    /** Brings {@code count} of them; returns when all are at rest. */
    void come(int count) throws Exception;

    /** Ends all of them, or lets them end; returns when none is left. */
    void leave() throws Exception;

    /** What there is to say of those who left last, beside their size. */
    default Map<String, Object> figures() {
        return Map.of();
    }

    @Override
    default void close() {}

    /** How late the latest one was whose rest was over. Any thread. */
    final class Lateness {
        private final LongAccumulator latestNanos = new LongAccumulator(Math::max, 0);

        void over(long deadlineNanos) {
            latestNanos.accumulate(System.nanoTime() - deadlineNanos);
        }

        void reset() {
            latestNanos.reset();
        }

        Map<String, Object> figures() {
            return Map.of("latestMillisAfterDeadline", latestNanos.get() / 1_000_000);
        }
    }
}
