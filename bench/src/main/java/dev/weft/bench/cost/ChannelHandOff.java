package dev.weft.bench.cost;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;

/**
 * The cost of passing a value from one task to another: a rendezvous, which needs two context switches, and a buffer of 64,
 * where the tasks switch every 64 values. Greenlets use a channel, threads {@code SynchronousQueue} and {@code
 * ArrayBlockingQueue}.
 */
public class ChannelHandOff extends CostBenchmark {
    static final int VALUES = 10_000;
    static final int CAPACITY = 64;

    @Benchmark
    @OperationsPerInvocation(VALUES)
    public void rendezvous(CarrierState state) {
        handOver(state.tasks(), 0, Tasks::spawn);
    }

    @Benchmark
    @OperationsPerInvocation(VALUES)
    public void buffered(CarrierState state) {
        handOver(state.tasks(), CAPACITY, Tasks::spawn);
    }

    /** Starts the sender beside the receiver, or elsewhere. */
    @FunctionalInterface
    interface Starter {
        <T> T start(Tasks<T> tasks, Runnable sender);
    }

    static <T> void handOver(Tasks<T> tasks, int capacity, Starter starter) {
        tasks.run(() -> {
            Tasks.Conduit conduit = tasks.newConduit(capacity);
            T sender = starter.start(tasks, () -> {
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
