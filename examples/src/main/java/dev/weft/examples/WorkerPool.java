package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.sync.Pool;
import dev.weft.sync.PoolResults;
import java.time.Duration;
import java.util.stream.IntStream;

/**
 * Jobs of different lengths in a pool that runs a few at a time. Results are read in order of completion. While they are not
 * read, no new job starts, so neither jobs nor results pile up.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar worker-pool [JOBS]}
 */
public final class WorkerPool {
    private static final int WORKERS = 3;
    private static final int UNREAD = 4;

    private WorkerPool() {}

    /** Runs the number of jobs given as the argument, by default 7. */
    public static void main(String[] args) {
        int jobs = args.length > 0 ? Integer.parseInt(args[0]) : 7;
        Iterable<Integer> numbers = () -> IntStream.rangeClosed(1, jobs).iterator(); // generated on demand
        Weft.run(() -> {
            long begin = System.nanoTime();
            int busy = 0;
            try (Pool pool = new Pool(WORKERS);
                    PoolResults<Job> done = pool.mapUnordered(numbers, WorkerPool::work, UNREAD)) {
                for (Job job : done) {
                    System.out.println("job " + job.number + " is done after " + job.millis + " ms of work");
                    busy += job.millis;
                }
            }
            long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
            System.out.println(busy + " ms of work took " + WORKERS + " workers " + millis + " ms");
        });
    }

    private record Job(int number, int millis) {}

    private static Job work(int number) {
        int millis = number % WORKERS == 1 ? 100 : 10; // every third job is long and gets overtaken
        Weft.sleep(Duration.ofMillis(millis));
        return new Job(number, millis);
    }
}
