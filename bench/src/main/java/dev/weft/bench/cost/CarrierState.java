package dev.weft.bench.cost;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The carrier of a benchmark, opened once per fork. */
@State(Scope.Benchmark)
public class CarrierState {
    @Param
    public Carrier carrier = Carrier.GREENLET;

    private @Nullable Tasks<?> tasks;

    @Setup(Level.Trial)
    public void open() {
        tasks = carrier.open();
    }

    @TearDown(Level.Trial)
    public void close() {
        tasks().close();
    }

    Tasks<?> tasks() {
        if (tasks == null) {
            throw new IllegalStateException("not set up");
        }
        return tasks;
    }
}
