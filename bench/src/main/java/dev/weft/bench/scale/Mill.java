package dev.weft.bench.scale;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * {@code Mill GREENLETS SECONDS}: parks greenlets at channels, and wakes a tenth of them again and again. Each that is
 * woken allocates a request's worth and keeps it until it is woken again, as a connection does with what it has read.
 *
 * <p>Says one line: live MiB, wake-ups, the longest time that the loop was away, and the JVM's uptime at the beginning and
 * at the end; times in nanoseconds.
 */
final class Mill {
    private static final int BUSY_SHARE = 10;
    private static final int REQUEST_BYTES = 1024;
    private static final int AT_A_TIME = 100;
    private static final int REHEARSAL = 20_000;

    private final Loop loop;
    private Channel<Long> still;
    private Channel<Long> busy;
    private long wakeUps;
    private long longestGap;

    private Mill(Loop loop) {
        this.loop = loop;
        still = Channel.on(loop).rendezvous();
        busy = Channel.on(loop).rendezvous();
    }

    public static void main(String[] args) {
        int greenlets = Integer.parseInt(args[0]);
        long nanos = TimeUnit.SECONDS.toNanos(Long.parseLong(args[1]));
        Loop loop = LoopGroup.open().next();
        try (Loop.Handle spawner = loop.keepAlive()) {
            Objects.requireNonNull(spawner);
            Mill mill = new Mill(loop);
            mill.turn(Math.min(greenlets, REHEARSAL), Math.min(nanos, TimeUnit.SECONDS.toNanos(2)));
            mill.busy.close();
            mill.still.close();
            ParkedGreenlets.afterAllOthers(loop);
            System.out.println(mill.turn(greenlets, nanos));
            System.exit(0); // without ending a million greenlets
        }
    }

    private String turn(int greenlets, long nanos) {
        still = Channel.on(loop).rendezvous();
        busy = Channel.on(loop).rendezvous();
        loop.spawn(() -> {
                    for (int i = 0; i < greenlets; i++) {
                        Channel<Long> channel = i % BUSY_SHARE == 0 ? busy : still;
                        Weft.spawn(() -> serve(channel));
                    }
                })
                .join();
        ParkedGreenlets.afterAllOthers(loop);
        System.gc();
        long liveMiB = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
        long before = wakeUps;
        long begin = uptimeNanos();
        loop.spawn(() -> wake(nanos)).join();
        long end = uptimeNanos();
        return liveMiB + " " + (wakeUps - before) + " " + longestGap + " " + begin + " " + end;
    }

    private void serve(Channel<Long> channel) {
        byte[] last = new byte[0];
        for (long bytes : channel) {
            last = new byte[(int) bytes];
            wakeUps++;
        }
        if (last.length > REQUEST_BYTES) { // so that it is kept while the greenlet is parked
            throw new AssertionError(last.length);
        }
    }

    /** Those at a channel are served in turn, so all of them are woken equally often. */
    private void wake(long nanos) {
        long bytes = REQUEST_BYTES;
        longestGap = 0;
        long now = System.nanoTime();
        long end = now + nanos;
        while (now < end) {
            for (int i = 0; i < AT_A_TIME; i++) {
                busy.send(bytes);
            }
            Weft.yieldNow();
            long before = now;
            now = System.nanoTime();
            longestGap = Math.max(longestGap, now - before);
        }
    }

    /** As the JVM's log counts it, to the millisecond. */
    private static long uptimeNanos() {
        return TimeUnit.MILLISECONDS.toNanos(
                ManagementFactory.getRuntimeMXBean().getUptime());
    }
}
