package dev.weft.bench.cost;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The cost of structured concurrency: a scope with and without a child; a yield with and without a timeout around it; spawning
 * and killing a greenlet.
 */
public class ScopeAndTimeout extends CostBenchmark {
    private static final int TIMES = 1_000;
    private static final Duration LIMIT = Duration.ofMinutes(1);

    @State(Scope.Benchmark)
    public static class OneLoop {
        private final LoopGroup group = LoopGroup.open();

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

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void scopeEmpty(OneLoop loop) {
        loop.repeat(() -> Weft.scope(scope -> {}));
    }

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void scopeWithAChild(OneLoop loop) {
        loop.repeat(() -> Weft.scope(scope -> {
            scope.spawn(() -> {});
        }));
    }

    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void waitAlone(OneLoop loop) {
        loop.repeat(Weft::yieldNow);
    }

    /** The same yield, with a timeout set before and cleared after it. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public void waitWithTimeout(OneLoop loop) {
        loop.repeat(() -> Weft.withTimeout(LIMIT, () -> Weft.yieldNow()));
    }

    /** Spawns a greenlet that waits, kills it, and joins it. */
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
