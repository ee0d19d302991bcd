package dev.weft.bench.cost;

import dev.weft.LoopGroup;
import java.util.Iterator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The cost of one value of a sequence, read with {@code hasNext} and {@code next} on a platform thread and in a greenlet. A new
 * sequence is opened every 10,000 values, so that its stack does not keep interpreted frames after the code is compiled.
 */
@State(Scope.Benchmark)
public class GeneratorStep extends CostBenchmark {
    private static final int STEPS = 10_000;

    @Param
    public GeneratorSource source = GeneratorSource.GENERATOR;

    private final LoopGroup group = LoopGroup.open();

    @TearDown(Level.Trial)
    public void close() {
        group.close();
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public long onAPlatformThread() {
        return sum(source.open());
    }

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
