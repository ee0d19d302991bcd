package dev.weft.bench.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A context switch among 100 tasks with so many frames on the stack. The JDK brings back a few frames at a time, so what
 * stays at its depth ({@code stayDown}) pays for the top ones only; what returns through all of them and comes down again
 * ({@code comeUp}) pays for each. The calls alone are {@code withoutSwitch}.
 */
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
public class SwitchAtDepth {
    private static final int TASKS = 100;
    private static final int ROUNDS = 1_000;

    /** How deep. */
    @State(Scope.Benchmark)
    public static class Depth {
        /** In frames of one method, which is not inlined. */
        @Param({"1", "10", "50"})
        public int depth = 1;
    }

    /** One yield at the bottom, again and again. */
    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int stayDown(CarrierState state, Depth depth) {
        Tasks<?> tasks = state.tasks();
        return inAllTasks(tasks, () -> descend(depth.depth, tasks, ROUNDS));
    }

    /** Down, one yield, and up again. */
    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int comeUp(CarrierState state, Depth depth) {
        return upAndDown(state.tasks(), depth.depth, 1);
    }

    /** Down and up again. */
    @Benchmark
    @OperationsPerInvocation(TASKS * ROUNDS)
    public int withoutSwitch(CarrierState state, Depth depth) {
        return upAndDown(state.tasks(), depth.depth, 0);
    }

    private static int upAndDown(Tasks<?> tasks, int depth, int yields) {
        return inAllTasks(tasks, () -> {
            int frames = 0;
            for (int round = 0; round < ROUNDS; round++) {
                frames += descend(depth, tasks, yields);
            }
            return frames;
        });
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static int descend(int left, Tasks<?> tasks, int yields) {
        if (left > 1) {
            return descend(left - 1, tasks, yields) + 1;
        }
        for (int i = 0; i < yields; i++) {
            tasks.yieldNow();
        }
        return 1;
    }

    private interface Body {
        int run();
    }

    private static <T> int inAllTasks(Tasks<T> tasks, Body body) {
        int[] sums = new int[TASKS];
        tasks.run(() -> {
            List<T> started = new ArrayList<>(TASKS);
            for (int i = 0; i < TASKS; i++) {
                int index = i;
                started.add(tasks.spawn(() -> sums[index] = body.run()));
            }
            started.forEach(tasks::join);
        });
        int sum = 0;
        for (int each : sums) {
            sum += each;
        }
        return sum;
    }
}
