package dev.weft.bench.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** The thread ring of the Computer Language Benchmarks Game: 503 tasks hand a token on, a million times. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1"
        })
public class Ring {
    private static final int TASKS = 503;
    private static final int HOPS = 1_000_000;

    /** All hops. */
    @Benchmark
    public void millionHops(CarrierState state) {
        millionHops(state.tasks());
    }

    private static <T> void millionHops(Tasks<T> tasks) {
        int[] left = {HOPS};
        tasks.run(() -> {
            List<Tasks.Gate> gates = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                gates.add(tasks.newGate());
            }
            List<T> ring = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                Tasks.Gate mine = gates.get(i);
                Tasks.Gate next = gates.get((i + 1) % TASKS);
                ring.add(tasks.spawn(() -> handOn(left, mine, next)));
            }
            gates.get(0).open();
            ring.forEach(tasks::join);
        });
    }

    /** Whoever has the token alone may look at {@code left}; once it is used up the token goes round once more. */
    private static void handOn(int[] left, Tasks.Gate mine, Tasks.Gate next) {
        boolean more = true;
        while (more) {
            mine.pass();
            more = --left[0] > 0;
            next.open();
        }
    }
}
