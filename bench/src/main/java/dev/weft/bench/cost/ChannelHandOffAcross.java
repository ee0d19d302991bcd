package dev.weft.bench.cost;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Handing a value to a task on another core: greenlets of two loops with a channel that lives with the receiver, virtual
 * threads on two carriers, platform threads. Needs two idle cores to mean anything. Bare tasks have one core only.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "-Djdk.virtualThreadScheduler.parallelism=2",
            "-Djdk.virtualThreadScheduler.maxPoolSize=2"
        })
public class ChannelHandOffAcross {
    private static final int VALUES = 10_000;
    private static final int CAPACITY = 64;

    /** The carrier of a fork. */
    @State(Scope.Benchmark)
    public static class Across {
        /** Which one. */
        @Param({"GREENLET", "VIRTUAL", "PLATFORM"})
        public Carrier carrier = Carrier.GREENLET;

        private @Nullable Tasks<?> tasks;

        /** Opens it. */
        @Setup(Level.Trial)
        public void open() {
            tasks = carrier.open();
        }

        Tasks<?> tasks() {
            return Objects.requireNonNull(tasks, "not set up");
        }

        /** Closes it. */
        @TearDown(Level.Trial)
        public void close() {
            tasks().close();
        }
    }

    /** One value, with no buffer between the two. */
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public void rendezvous(Across across) {
        handOver(across.tasks(), 0);
    }

    /** One value, through a buffer. */
    @Benchmark
    @OperationsPerInvocation(VALUES)
    public void buffered(Across across) {
        handOver(across.tasks(), CAPACITY);
    }

    private static <T> void handOver(Tasks<T> tasks, int capacity) {
        tasks.run(() -> {
            Tasks.Conduit conduit = tasks.newConduit(capacity);
            T sender = tasks.spawnElsewhere(() -> {
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
