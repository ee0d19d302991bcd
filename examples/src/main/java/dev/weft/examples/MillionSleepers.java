package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A million greenlets that sleep at the same time, on one thread.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar sleepers [COUNT [MILLIS]]}
 */
public final class MillionSleepers {
    private MillionSleepers() {}

    /** Arguments: how many (a million without it), and for how many milliseconds (10,000 without it). */
    public static void main(String[] args) {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
        Duration nap = Duration.ofMillis(args.length > 1 ? Long.parseLong(args[1]) : 10_000);
        Weft.run(() -> {
            long empty = Weft.offload(MillionSleepers::heapInUse);
            long begin = System.nanoTime();
            long[] latest = {0}; // shared by all, without a lock: they are on one loop
            List<Greenlet<?>> sleepers = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                sleepers.add(Weft.spawn(() -> {
                    long asleep = System.nanoTime();
                    Weft.sleep(nap);
                    latest[0] = Math.max(latest[0], millisSince(asleep) - nap.toMillis());
                }));
            }
            Weft.yieldNow(); // now each of them has begun to sleep
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
