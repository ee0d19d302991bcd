package dev.weft.bench.cost;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * The cost of passing a value from one task to another: a rendezvous, which needs two context switches, and a buffer of 64,
 * where the tasks switch every 64 values. Greenlets use a channel, threads {@code SynchronousQueue} and {@code
 * ArrayBlockingQueue}.
 */
public class ChannelHandOff extends CostBenchmark {
    private static final int VALUES = 10_000;
    private static final int CAPACITY = 64;

    @Benchmark
    @OperationsPerInvocation(VALUES)
    public void rendezvous(CarrierState state) {
        handOver(state.tasks(), 0);
    }

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
