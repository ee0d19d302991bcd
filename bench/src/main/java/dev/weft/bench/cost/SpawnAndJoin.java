package dev.weft.bench.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** Starting a task that does nothing, and waiting for its end: one after the other, and a thousand at a time. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1"
        })
public class SpawnAndJoin {
    private static final int TASKS = 1_000;

    private static void nothing() {}

    /** Spawn one, join it. */
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

    /** Spawn a thousand, then join them. */
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
