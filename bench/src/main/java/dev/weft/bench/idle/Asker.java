package dev.weft.bench.idle;

import dev.weft.bench.report.Spread;
import java.time.Duration;

/** One side that asks questions of another side, which sleeps until asked. */
interface Asker extends AutoCloseable {
    /** How long both sides sleep before each question: long after any spinning has ended. */
    Duration PAUSE = Duration.ofMillis(1);

    /** Asks {@code count} questions, each after a {@link #PAUSE}. Returns the nanoseconds from each question to its answer. */
    double[] ask(int count) throws Exception;

    default double medianNanos(int count) throws Exception {
        return Spread.of(ask(count)).median();
    }

    @Override
    void close();
}
