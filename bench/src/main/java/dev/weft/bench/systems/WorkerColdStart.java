package dev.weft.bench.systems;

import dev.weft.Weft;
import dev.weft.bench.report.Spread;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Target;
import dev.weft.workers.Workers;
import dev.weft.workers.WorkersBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The first task of a new pool of one process, from the opening of the pool to the result, with and without the cache from which
 * the process starts. In a directory with classes on the class path there is no cache; run the jar.
 */
final class WorkerColdStart implements Measurement {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(50);

    @Override
    public String name() {
        return "workers-cold-start";
    }

    @Override
    public List<Target> measure(int rounds) throws IOException {
        Path caches = Files.createTempDirectory("weft-bench-");
        try {
            return Weft.run(() -> compare(caches, rounds));
        } finally {
            delete(caches);
        }
    }

    private static List<Target> compare(Path caches, int rounds) throws IOException {
        firstTask(builder -> builder.startupCache(caches));
        boolean hasCache = Weft.moveOnAfter(PATIENCE, () -> awaitCache(caches));
        double[] with = new double[rounds];
        double[] without = new double[rounds];
        for (int i = 0; i < rounds; i++) {
            with[i] = firstTask(builder -> builder.startupCache(caches));
            without[i] = firstTask(WorkersBuilder::withoutStartupCache);
        }
        return List.of(
                new Target(
                        "first task of a cold pool with the cache, ms",
                        Limit.atMost(250),
                        hasCache ? Spread.of(with) : null),
                new Target("first task of a cold pool without the cache, ms", Limit.atMost(600), Spread.of(without)));
    }

    private static void awaitCache(Path caches) {
        while (!Weft.offload(() -> contains(caches, ".aot"))) {
            Weft.sleep(PAUSE);
        }
    }

    private static boolean contains(Path directory, String suffix) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(file -> file.toString().endsWith(suffix));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the milliseconds from the opening of a pool to the result of its first task. */
    private static double firstTask(UnaryOperator<WorkersBuilder> settings) {
        long begin = System.nanoTime();
        try (Workers workers = settings.apply(Workers.builder(1)).processes()) {
            workers.call(() -> 1);
            return (System.nanoTime() - begin) / 1e6;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
