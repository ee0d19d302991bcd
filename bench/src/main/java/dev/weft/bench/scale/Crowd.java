package dev.weft.bench.scale;

import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;

/** A large number of idle objects of one kind, such as parked greenlets. */
interface Crowd extends AutoCloseable {
    /** Creates {@code count} objects; returns when all are idle. */
    void come(int count) throws Exception;

    /** Ends all of them or waits for their end; returns when none is left. */
    void leave() throws Exception;

    /** Returns further figures about the last crowd. */
    default Map<String, Object> figures() {
        return Map.of();
    }

    @Override
    default void close() {}

    /** The maximum lateness of wake-ups. Any thread. */
    final class Lateness {
        private final LongAccumulator latestNanos = new LongAccumulator(Math::max, 0);

        void record(long deadlineNanos) {
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
