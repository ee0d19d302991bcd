package dev.weft.bench.cost;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/** The cost of starting an empty task and waiting for its end, one at a time and a thousand at a time. */
public class SpawnAndJoin extends CostBenchmark {
    private static final int TASKS = 1_000;

    private static void nothing() {}

    @Benchmark
    @OperationsPerInvocation(TASKS)
    public void oneByOne(CarrierState state) {
        oneByOne(state.tasks());
    }

    private static <T> void oneByOne(Tasks<T> tasks) {
        tasks.run(() -> {
            for (int i = 0; i < TASKS; i++) {
                tasks.join(tasks.spawn(SpawnAndJoin::nothing));
            }
        });
    }

    @Benchmark
    @OperationsPerInvocation(TASKS)
    public void thousandAtATime(CarrierState state) {
        thousandAtATime(state.tasks());
    }

    private static <T> void thousandAtATime(Tasks<T> tasks) {
        tasks.run(() -> {
            List<T> started = new ArrayList<>(TASKS);
            for (int i = 0; i < TASKS; i++) {
                started.add(tasks.spawn(SpawnAndJoin::nothing));
            }
            started.forEach(tasks::join);
        });
    }
}
