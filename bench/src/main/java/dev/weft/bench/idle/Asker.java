package dev.weft.bench.idle;

import dev.weft.bench.report.Spread;
import java.time.Duration;

/** One side that asks questions of another side, which waits to be asked. */
interface Asker extends AutoCloseable {
    /** Asks {@code count} questions, each after {@code pause}. Returns the nanoseconds from each question to its answer. */
    double[] ask(int count, Duration pause) throws Exception;

    default double medianMicros(int count, Duration pause) throws Exception {
        return Spread.of(ask(count, pause)).median() / 1e3;
    }

    @Override
    void close();
}
