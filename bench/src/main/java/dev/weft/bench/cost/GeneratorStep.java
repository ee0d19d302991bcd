package dev.weft.bench.cost;

import dev.weft.LoopGroup;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One value from a sequence, asked for with {@code hasNext} and {@code next}; on a platform thread, and in a greenlet. A
 * sequence is opened for every 10,000 of them, so that its stack does not stay as it was before the code was compiled.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED"
        })
@State(Scope.Benchmark)
public class GeneratorStep {
    private static final int STEPS = 10_000;

    /** How the sequence is made. */
    @Param
    public GeneratorSource source = GeneratorSource.GENERATOR;

    private final LoopGroup group = LoopGroup.open();

    /** Ends the loop. */
    @TearDown(Level.Trial)
    public void close() {
        group.close();
    }

    /** A step on a platform thread. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public long onAPlatformThread() {
        return sum(source.open());
    }

    /** A step in a greenlet. */
    @Benchmark
    @OperationsPerInvocation(STEPS)
    public long inAGreenlet() {
        return group.spawn(() -> sum(source.open())).join();
    }

    private static long sum(Iterator<Long> sequence) {
        long sum = 0;
        for (int i = 0; i < STEPS && sequence.hasNext(); i++) {
            sum += sequence.next();
        }
        return sum;
    }
}
