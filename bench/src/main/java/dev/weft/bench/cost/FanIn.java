package dev.weft.bench.cost;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
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
 * Four platform threads hand messages to one task, as fast as it takes them: the price of a message through a loop's one
 * door for other threads. A billion by the figure is the messages a second.
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
public class FanIn {
    private static final int SENDERS = 4;
    private static final int EACH = 10_000;
    private static final int MESSAGES = SENDERS * EACH;

    /** The threads that send, which live as long as the fork. */
    @State(Scope.Benchmark)
    public static class Senders {
        /** How the messages get in. */
        @Param
        public Door door = Door.CHANNEL;

        private final CyclicBarrier start = new CyclicBarrier(SENDERS + 1);
        private final List<Thread> threads = new ArrayList<>();
        private Door.@Nullable Passage passage;
        private volatile boolean over;

        /** Starts them. */
        @Setup(Level.Trial)
        public void open() {
            passage = door.open();
            for (int i = 0; i < SENDERS; i++) {
                threads.add(Thread.ofPlatform().daemon().start(this::sendAgainAndAgain));
            }
        }

        private void sendAgainAndAgain() {
            meet();
            while (!over) {
                for (int i = 0; i < EACH; i++) {
                    passage().put(i & 127); // boxed from the JDK's cache
                }
                meet();
            }
        }

        private void meet() {
            try {
                start.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IllegalStateException("a benchmark was interrupted", e);
            }
        }

        private Door.Passage passage() {
            return Objects.requireNonNull(passage, "not set up");
        }

        /** Ends them. */
        @TearDown(Level.Trial)
        public void close() throws InterruptedException {
            over = true;
            meet();
            for (Thread thread : threads) {
                thread.join();
            }
            passage().close();
        }
    }

    /** One message. */
    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public long message(Senders senders) {
        Door.Sum sum = senders.passage().take(MESSAGES);
        senders.meet();
        return sum.await();
    }
}
