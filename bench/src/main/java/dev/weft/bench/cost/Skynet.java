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

/**
 * Skynet (github.com/atemerev/skynet): a task starts ten, each of them ten more, down to a million, which give their numbers
 * up again to be summed. In a heap of 1.5 GiB, most of it for the young: all are born at once, and none gets old.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 5)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Djdk.virtualThreadScheduler.parallelism=1",
            "-Djdk.virtualThreadScheduler.maxPoolSize=1",
            "-Xms1536m",
            "-Xmx1536m",
            "-Xmn1g"
        })
public class Skynet {
    private static final int LEAVES = 1_000_000;
    private static final int CHILDREN = 10;
    private static final long SUM = (LEAVES - 1L) * LEAVES / 2;

    /** All of it. */
    @Benchmark
    public void million(CarrierState state) {
        million(state.tasks());
    }

    private static <T> void million(Tasks<T> tasks) {
        long[] sum = new long[1];
        tasks.run(() -> node(tasks, 0, LEAVES, sum, 0));
        if (sum[0] != SUM) {
            throw new AssertionError("the sum is " + sum[0] + " and not " + SUM);
        }
    }

    /** Puts the sum of the {@code size} numbers from {@code first} on into a place of {@code sums}. */
    private static <T> void node(Tasks<T> tasks, long first, int size, long[] sums, int place) {
        if (size == 1) {
            sums[place] = first;
            return;
        }
        int part = size / CHILDREN;
        long[] parts = new long[CHILDREN];
        List<T> children = new ArrayList<>(CHILDREN);
        for (int i = 0; i < CHILDREN; i++) {
            int child = i;
            children.add(tasks.spawn(() -> node(tasks, first + (long) child * part, part, parts, child)));
        }
        long sum = 0;
        for (int i = 0; i < CHILDREN; i++) {
            tasks.join(children.get(i));
            sum += parts[i];
        }
        sums[place] = sum;
    }
}
