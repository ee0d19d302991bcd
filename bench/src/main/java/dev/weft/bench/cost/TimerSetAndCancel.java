package dev.weft.bench.cost;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * The cost of setting a timer and cancelling it before it fires. Two tasks wait for each other in turn, with a timeout of a
 * minute and, for the difference, without.
 */
public class TimerSetAndCancel extends CostBenchmark {
    private static final int TURNS = 1_000;
    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** One wait without a timeout; the partner ends it. */
    @Benchmark
    @OperationsPerInvocation(2 * TURNS)
    public void waitWithoutLimit(CarrierState state) {
        inTurn(state.tasks(), Tasks.Gate::pass);
    }

    /** One wait with a timeout of a minute; the partner ends it. */
    @Benchmark
    @OperationsPerInvocation(2 * TURNS)
    public void waitWithLimit(CarrierState state) {
        inTurn(state.tasks(), gate -> gate.passWithin(LIMIT_NANOS));
    }

    private static <T> void inTurn(Tasks<T> tasks, Consumer<Tasks.Gate> pass) {
        Tasks.Gate mine = tasks.newGate();
        Tasks.Gate yours = tasks.newGate();
        tasks.run(() -> {
            T partner = tasks.spawn(() -> {
                for (int i = 0; i < TURNS; i++) {
                    pass.accept(yours);
                    mine.open();
                }
            });
            for (int i = 0; i < TURNS; i++) {
                yours.open();
                pass.accept(mine);
            }
            tasks.join(partner);
        });
    }
}
