package dev.weft.bench.systems;

import dev.weft.Weft;
import dev.weft.bench.report.Spread;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Target;
import dev.weft.workers.Workers;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A map that computes: how much faster two workers are than one. */
final class WorkerSpeedUp implements Measurement {
    private static final List<Integer> ITEMS = IntStream.range(0, 64).boxed().toList();
    private static final int STEPS = 5_000_000; // some 15 ms
    private static final double LEAST = 1.8;

    @Override
    public String name() {
        return "workers-speed-up";
    }

    @Override
    public List<Target> measure(int rounds) {
        return List.of(
                new Target(
                        "map that computes, two processes / one",
                        Limit.atLeast(LEAST),
                        speedUps(Workers::processes, rounds)),
                new Target(
                        "map that computes, two threads / one",
                        Limit.atLeast(LEAST),
                        speedUps(Workers::threads, rounds)));
    }

    private static Spread speedUps(IntFunction<Workers> carrier, int rounds) {
        return Weft.run(() -> {
            try (Workers one = carrier.apply(1);
                    Workers two = carrier.apply(2)) {
                time(one);
                time(two);
                double[] speedUps = new double[rounds];
                for (int i = 0; i < rounds; i++) {
                    speedUps[i] = time(one) / time(two);
                }
                return Spread.of(speedUps);
            }
        });
    }

    private static double time(Workers workers) {
        long begin = System.nanoTime();
        workers.map(ITEMS, WorkerSpeedUp::compute);
        return System.nanoTime() - begin;
    }

    private static long compute(int seed) {
        long state = seed;
        for (int i = 0; i < STEPS; i++) {
            state = state * 6_364_136_223_846_793_005L + 1_442_695_040_888_963_407L;
            state ^= state >>> 29;
        }
        return state;
    }
}
