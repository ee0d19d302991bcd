package dev.weft.bench.cost;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Handing a value from one task to another one, on one loop: a rendezvous, which needs two context switches, and a buffer of
 * 64, in which the two take turns every 64 values. Greenlets have a channel, threads {@code SynchronousQueue} and {@code
 * ArrayBlockingQueue}.
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
public class ChannelHandOff {
    private static final int VALUES = 10_000;
    private static final int CAPACITY = 64;

    /** One value, with no buffer between the two. */
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public void rendezvous(CarrierState state) {
        handOver(state.tasks(), 0);
    }

    /** One value, through a buffer. */
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public void buffered(CarrierState state) {
        handOver(state.tasks(), CAPACITY);
    }

    private static <T> void handOver(Tasks<T> tasks, int capacity) {
        tasks.run(() -> {
            Tasks.Conduit conduit = tasks.newConduit(capacity);
            T sender = tasks.spawn(() -> {
                for (int i = 0; i < VALUES; i++) {
                    conduit.put(conduit);
                }
            });
            for (int i = 0; i < VALUES; i++) {
                conduit.take();
            }
            tasks.join(sender);
        });
    }
}
