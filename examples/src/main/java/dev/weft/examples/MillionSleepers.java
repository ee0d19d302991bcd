package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A million greenlets that sleep concurrently on one thread.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar sleepers [COUNT [MILLIS]]}
 */
public final class MillionSleepers {
    private MillionSleepers() {}

    /** Arguments: the number of greenlets (default 1,000,000) and the sleep time in milliseconds (default 10,000). */
    public static void main(String[] args) {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Duration nap = Duration.ofMillis(args.length > 1 ? Long.parseLong(args[1]) : 10_000);
        Weft.run(() -> {
            long empty = Weft.offload(MillionSleepers::heapInUse);
            long begin = System.nanoTime();
            long[] latest = {0}; // shared without a lock, since all are on one loop
            List<Greenlet<?>> sleepers = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                sleepers.add(Weft.spawn(() -> {
                    long start = System.nanoTime();
                    Weft.sleep(nap);
                    latest[0] = Math.max(latest[0], millisSince(start) - nap.toMillis());
                }));
            }
            Weft.yieldNow(); // all of them run up to their sleep
            System.out.printf(
                    "%,d greenlets sleep for %,d ms; starting them took %,d ms%n",
                    count, nap.toMillis(), millisSince(begin));
            long heap = Weft.offload(MillionSleepers::heapInUse) - empty;
            System.out.printf("%,d MiB of heap, %,d bytes each%n", heap >> 20, heap / Math.max(1, count));
            for (Greenlet<?> sleeper : sleepers) {
                sleeper.join();
            }
            System.out.printf("all have woken after %,d ms, the last one %,d ms late%n", millisSince(begin), latest[0]);
        });
    }

    private static long millisSince(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin).toMillis();
    }

    private static long heapInUse() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
