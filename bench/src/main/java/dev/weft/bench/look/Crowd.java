package dev.weft.bench.look;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The program that is looked at: very many greenlets that wait, and one on each loop that wakes up every millisecond and notes how
 * late it is. It prints {@code ready}; for each line of its input it then prints the longest delay since the last one, in nanoseconds.
 */
final class Crowd {
    private static final Duration BEAT = Duration.ofMillis(1);

    private Crowd() {}

    /** Takes the number of greenlets. */
    public static void main(String[] args) throws Exception {
        int greenlets = Integer.parseInt(args[0]);
        AtomicLong longest = new AtomicLong();
        LoopGroup group = LoopGroup.open(2);
        CountDownLatch asleep = new CountDownLatch(greenlets);
        for (int i = 0; i < greenlets; i++) {
            group.spawn(() -> {
                asleep.countDown();
                Weft.sleep(Duration.ofDays(1));
            });
        }
        for (Loop loop : group.loops()) {
            loop.spawn("heartbeat", () -> beat(longest));
        }
        asleep.await();
        System.out.println("ready");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (input.readLine() != null) {
            System.out.println(longest.getAndSet(0));
        }
        System.exit(0);
    }

    private static void beat(AtomicLong longest) {
        while (true) {
            long start = System.nanoTime();
            Weft.sleep(BEAT);
            longest.accumulateAndGet(System.nanoTime() - start - BEAT.toNanos(), Math::max);
        }
    }
}
