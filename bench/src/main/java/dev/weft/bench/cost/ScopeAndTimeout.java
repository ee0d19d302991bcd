package dev.weft.bench.cost;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What structure costs: a scope, with and without a child; a timeout set and cleared around a wait, which is a yield, and
 * the yield alone; a kill, and the same end without one.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = "--add-opens=java.base/java.lang=ALL-UNNAMED")
public class ScopeAndTimeout {
    private static final int TIMES = 1_000;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** A loop. */
    @State(Scope.Benchmark)
    public static class OneLoop {
        private final LoopGroup group = LoopGroup.open();

        /** Closes it. */
        @TearDown
        public void close() {
            group.close();
        }

        void repeat(Runnable body) {
            group.spawn(() -> {
                        for (int i = 0; i < TIMES; i++) {
                            body.run();
                        }
                    })
                    .join();
        }
    }

    /** Opens a scope and closes it. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void scopeEmpty(OneLoop loop) {
        loop.repeat(() -> Weft.scope(scope -> {}));
    }

    /** Opens a scope with a child, and closes it when that has ended. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void scopeWithAChild(OneLoop loop) {
        loop.repeat(() -> Weft.scope(scope -> {
            scope.spawn(() -> {});
        }));
    }

    /** To compare with: spawn and join without a scope. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void spawnAndJoin(OneLoop loop) {
        loop.repeat(() -> Weft.spawn(() -> {}).join());
    }

    /** A wait alone. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void waitAlone(OneLoop loop) {
        loop.repeat(Weft::yieldNow);
    }

    /** The wait with a timeout set before and cleared after it. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void waitWithTimeout(OneLoop loop) {
        loop.repeat(() -> Weft.withTimeout(LIMIT, () -> Weft.yieldNow()));
    }

    /** Spawns one that waits, kills it, and waits for its end. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void spawnAndKill(OneLoop loop) {
        loop.repeat(() -> {
            var victim = Weft.spawn(() -> Weft.sleep(LIMIT));
            Weft.yieldNow();
            victim.killAndJoin(LIMIT);
        });
    }
}
