package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.workers.Workers;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Counts the primes below a million in a pool of workers. One word chooses what the workers are: greenlets of one loop, threads,
 * or processes. Threads and processes use several cores.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar count-primes [greenlets|threads|processes]}
 */
public final class CountPrimes {
    private static final int WORKERS = 2;
    private static final int RANGES = 20;
    private static final int RANGE = 50_000;

    private CountPrimes() {}

    /** Counts on the workers that the argument names, by default greenlets. */
    public static void main(String[] args) {
        String carrier = args.length > 0 ? args[0] : "greenlets";
        List<Integer> ranges = IntStream.range(0, RANGES).boxed().toList();
        Weft.run(() -> {
            try (Workers workers = open(carrier)) {
                int primes = 0;
                for (int inRange : workers.imap(ranges, CountPrimes::count)) {
                    primes += inRange;
                }
                System.out.println(primes + " primes, counted by " + workers.size() + " " + carrier);
            }
        });
    }

    static Workers open(String carrier) {
        return switch (carrier) {
            case "greenlets" -> Workers.greenlets(WORKERS);
            case "threads" -> Workers.threads(WORKERS);
            case "processes" -> Workers.processes(WORKERS);
            default -> throw new IllegalArgumentException(carrier + " is none of greenlets, threads, processes");
        };
    }

    private static int count(int range) {
        int from = range * RANGE;
        return (int)
                IntStream.range(from, from + RANGE).filter(CountPrimes::isPrime).count();
    }

    private static boolean isPrime(int number) {
        return number > 1 && IntStream.rangeClosed(2, (int) Math.sqrt(number)).noneMatch(i -> number % i == 0);
    }
}
