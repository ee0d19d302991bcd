package dev.weft.bench.systems;

import dev.weft.Weft;
import dev.weft.bench.machine.Child;
import dev.weft.bench.machine.Tool;
import dev.weft.bench.report.Spread;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Target;
import dev.weft.workers.Workers;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The round trip of a small task in a warm pool of one process, beside Python's {@code ProcessPoolExecutor}. */
final class WorkerRoundTrip implements Measurement {
    private static final int WARM_UP_TASKS = 30_000;
    private static final int TASKS = 5_000;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** For each line, runs that many tasks, one after the other, and prints the microseconds that one took. */
    private static final String PYTHON = """
            import sys, time
            from concurrent.futures import ProcessPoolExecutor

            def successor(number):
                return number + 1

            with ProcessPoolExecutor(1) as pool:
                for line in sys.stdin:
                    tasks = int(line)
                    begin = time.perf_counter()
                    for i in range(tasks):
                        pool.submit(successor, i).result()
                    print((time.perf_counter() - begin) / tasks * 1e6, flush=True)
            """;

    @Override
    public String name() {
        return "workers-round-trip";
    }

    @Override
    public List<Target> measure(int rounds) {
        try (PythonPool python = PythonPool.start()) {
            return Weft.run(() -> {
                try (Workers workers = Workers.processes(1)) {
                    return compare(workers, python, rounds);
                }
            });
        }
    }

    private static List<Target> compare(Workers workers, PythonPool python, int rounds) {
        run(workers, WARM_UP_TASKS);
        python.run(TASKS);
        double[] ours = new double[rounds];
        double[] ratios = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            ours[i] = run(workers, TASKS);
            ratios[i] = ours[i] / python.run(TASKS);
        }
        return List.of(
                new Target("process pool, round trip of a small task, us", Limit.atMost(60), Spread.of(ours)),
                new Target(
                        "process pool, round trip of a small task / Python's ProcessPoolExecutor",
                        Limit.atMost(1.0 / 3),
                        python.isThere() ? Spread.of(ratios) : null));
    }

    /** Runs {@code tasks} one after the other; returns the microseconds that one took. */
    private static double run(Workers workers, int tasks) {
        long begin = System.nanoTime();
        for (int i = 0; i < tasks; i++) {
            int number = i;
            if (workers.submit(() -> number + 1).join() != number + 1) {
                throw new IllegalStateException("wrong answer");
            }
        }
        return (System.nanoTime() - begin) / 1e3 / tasks;
    }

    /** The rival, if Python is installed. */
    private record PythonPool(@Nullable Child child) implements AutoCloseable {
        static PythonPool start() {
            boolean installed = Tool.firstLine(List.of("python3", "--version")).isPresent();
            return new PythonPool(installed ? Child.of("python", List.of("python3", "-c", PYTHON)) : null);
        }

        boolean isThere() {
            return child != null;
        }

        /** Returns the microseconds that one of {@code tasks} took; not a number without Python. */
        double run(int tasks) {
            if (child == null) {
                return Double.NaN;
            }
            child.tell(Integer.toString(tasks));
            return Double.parseDouble(child.nextLine(PATIENCE));
        }

        @Override
        public void close() {
            if (child != null) {
                child.finish(PATIENCE);
            }
        }
    }
}
