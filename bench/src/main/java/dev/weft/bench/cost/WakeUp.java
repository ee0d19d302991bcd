package dev.weft.bench.cost;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The cost of waking a task from a foreign thread: the time until the task has run and the foreign thread, which spins, has
 * seen it. Only meaningful with two cores. Bare tasks are excluded, because their scheduler is not thread-safe.
 */
public class WakeUp extends CostBenchmark {
    /** The task of a fork, which waits repeatedly. */
    @State(Scope.Benchmark)
    public static class Sleeper {
        @Param({"GREENLET", "VIRTUAL", "PLATFORM"})
        public Carrier carrier = Carrier.GREENLET;

        private volatile CompletableFuture<Void> next = new CompletableFuture<>();
        private volatile long seen;
        private volatile boolean over;
        private @Nullable Thread keeper;

        @Setup(Level.Trial)
        public void start() {
            keeper = Thread.ofPlatform().start(() -> {
                try (Tasks<?> tasks = carrier.open()) {
                    tasks.run(() -> waitRepeatedly(tasks));
                }
            });
        }

        private void waitRepeatedly(Tasks<?> tasks) {
            for (long turn = 1; !over; turn++) {
                tasks.await(next);
                next = new CompletableFuture<>();
                seen = turn;
            }
        }

        void wake() {
            long before = seen;
            next.complete(null);
            while (seen == before) {
                Thread.onSpinWait();
            }
        }

        @TearDown(Level.Trial)
        public void stop() throws InterruptedException {
            over = true;
            next.complete(null);
            Objects.requireNonNull(keeper).join();
        }
    }

    /** Gives the sleeper's thread time to block in the kernel; not part of the measured time. */
    @State(Scope.Benchmark)
    public static class Pause {
        private static final long NANOS = 100_000;

        @Setup(Level.Invocation)
        public void pause() {
            long end = System.nanoTime() + NANOS;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
        }
    }

    /** Completes the future that the task waits for, when its thread is asleep: the latency of a wake-up. */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    public void completeFutureOfASleeper(Sleeper sleeper, Pause pause) {
        sleeper.wake();
    }

    /** Completes the future as soon as the task waits again, so its thread may still be awake: the rate of wake-ups. */
    @Benchmark
    public void completeFuture(Sleeper sleeper) {
        sleeper.wake();
    }
}
