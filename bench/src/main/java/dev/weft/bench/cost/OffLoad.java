package dev.weft.bench.cost;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The cost of running an empty call on another thread and waiting for its end. A greenlet uses {@link Weft#offload}. A virtual
 * thread submits to the pool behind it and waits for the future.
 */
public class OffLoad extends CostBenchmark {
    private static final int CALLS = 1_000;

    /** The caller and the pool of a fork. */
    @State(Scope.Benchmark)
    public static class Caller {
        @Param({"GREENLET", "VIRTUAL"})
        public Carrier carrier = Carrier.GREENLET;

        private final LoopGroup group = LoopGroup.open();

        void repeat() {
            switch (carrier) {
                case GREENLET -> group.spawn(Caller::offloadRepeatedly).join();
                case VIRTUAL -> submitRepeatedly();
                case PLATFORM, BARE -> throw new IllegalArgumentException("not compared: " + carrier);
            }
        }

        private static void offloadRepeatedly() {
            for (int i = 0; i < CALLS; i++) {
                Weft.offload(() -> {});
            }
        }

        private void submitRepeatedly() {
            try (Tasks<?> tasks = carrier.open()) {
                Executor pool = group.offloadExecutor();
                tasks.run(() -> {
                    for (int i = 0; i < CALLS; i++) {
                        submitAndWait(pool);
                    }
                });
            }
        }

        private static void submitAndWait(Executor pool) {
            FutureTask<Void> call = new FutureTask<>(() -> null);
            pool.execute(call);
            try {
                call.get();
            } catch (InterruptedException | ExecutionException e) {
                throw new IllegalStateException("an empty call failed", e);
            }
        }

        @TearDown(Level.Trial)
        public void close() {
            group.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(CALLS)
    public void emptyCall(Caller caller) {
        caller.repeat();
    }
}
