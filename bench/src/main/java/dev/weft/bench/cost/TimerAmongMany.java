package dev.weft.bench.cost;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Setting a timer and cancelling it, with nobody who waits, while others are pending: none, or a million that are due in
 * ten to twenty minutes. Deadlines move on as time does, so that they do not all share a millisecond.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--add-opens=java.base/java.lang=ALL-UNNAMED")
public class TimerAmongMany {
    static final int TURNS = 1_000;

    /** The timers of a fork. */
    @State(Scope.Benchmark)
    public static class Pending {
        /** Whose timers. */
        @Param
        public TimerSource source = TimerSource.LOOP;

        /** How many are pending. */
        @Param({"0", "1000000"})
        public int pending;

        private TimerSource.@Nullable Opened timers;

        /** Sets them. */
        @Setup(Level.Trial)
        public void open() {
            timers = source.open();
            timers.setForGood(pending);
        }

        private TimerSource.Opened timers() {
            return Objects.requireNonNull(timers, "not set up");
        }

        /** Forgets them. */
        @TearDown(Level.Trial)
        public void close() {
            timers().close();
        }
    }

    /** One timer. */
    @Benchmark
    @OperationsPerInvocation(TURNS)
    public int setAndCancel(Pending pending) {
        return pending.timers().setAndCancel(TURNS);
    }
}
