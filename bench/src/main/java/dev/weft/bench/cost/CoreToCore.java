package dev.weft.bench.cost;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The cost of passing a value between tasks on two cores that do nothing else: greenlets of two loops, or virtual threads with two
 * carriers. Greenlets use a channel, virtual threads {@code SynchronousQueue} and {@code ArrayBlockingQueue}. Only meaningful with
 * two cores. For loops that sleep in between, see {@link dev.weft.bench.idle.Idle}.
 */
@Fork(
        value = 2,
        jvmArgsAppend = {
            CostBenchmark.OPENS,
            CostBenchmark.SELECTOR,
            CostBenchmark.NATIVE_ACCESS,
            "-Djdk.virtualThreadScheduler.parallelism=2",
            "-Djdk.virtualThreadScheduler.maxPoolSize=2"
        })
public class CoreToCore extends CostBenchmark {
    private static final int QUESTIONS = 1_000;

    /** The tasks of a fork. */
    @State(Scope.Benchmark)
    public static class TwoCores {
        @Param({"GREENLET", "VIRTUAL"})
        public Carrier carrier = Carrier.GREENLET;

        private @Nullable Tasks<?> tasks;

        @Setup(Level.Trial)
        public void open() {
            tasks = carrier.openForTwoCores();
        }

        @TearDown(Level.Trial)
        public void close() {
            tasks().close();
        }

        private Tasks<?> tasks() {
            if (tasks == null) {
                throw new IllegalStateException("not set up");
            }
            return tasks;
        }
    }

    /** One value through a buffer of 64, while both sides are busy. */
    @Benchmark
    @OperationsPerInvocation(ChannelHandOff.VALUES)
    public void buffered(TwoCores cores) {
        ChannelHandOff.handOver(cores.tasks(), ChannelHandOff.CAPACITY, Tasks::spawnElsewhere);
    }

    /** One value without a buffer, while both sides are busy. */
    @Benchmark
    @OperationsPerInvocation(ChannelHandOff.VALUES)
    public void rendezvous(TwoCores cores) {
        ChannelHandOff.handOver(cores.tasks(), 0, Tasks::spawnElsewhere);
    }

    /** One question and its answer; each side waits for the other. */
    @Benchmark
    @OperationsPerInvocation(QUESTIONS)
    public void askAndAnswer(TwoCores cores) {
        askAndAnswer(cores.tasks());
    }

    private static <T> void askAndAnswer(Tasks<T> tasks) {
        tasks.run(() -> {
            Tasks.Conduit questions = tasks.newConduit(1);
            Tasks.Conduit answers = tasks.newConduit(1);
            T answering = tasks.spawnElsewhere(() -> {
                for (int i = 0; i < QUESTIONS; i++) {
                    answers.put(questions.take());
                }
            });
            for (int i = 0; i < QUESTIONS; i++) {
                questions.put(i);
                answers.take();
            }
            tasks.join(answering);
        });
    }
}
