package dev.weft.bench.idle;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.sync.Channel;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Two loops that exchange values as fast as they can for a moment, and then have nothing to do. */
final class Burst implements AutoCloseable {
    private static final String NAME = "burst";
    private static final Duration LENGTH = Duration.ofMillis(100);
    private static final Duration SETTLING = Duration.ofMillis(10);

    private final LoopGroup group = LoopGroup.builder().loops(2).name(NAME).open();

    /** Returns the CPU time that the group's threads take in {@code window}, from 10 ms after a burst on, as a share of a core. */
    double idleShare(Duration window) throws InterruptedException {
        burst();
        Thread.sleep(SETTLING);
        List<Thread> threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(NAME))
                .toList();
        long start = System.nanoTime();
        long before = cpuNanos(threads);
        Thread.sleep(window);
        return (double) (cpuNanos(threads) - before) / (System.nanoTime() - start);
    }

    private void burst() {
        Loop sending = group.loops().getFirst();
        Loop receiving = group.loops().getLast();
        Channel<Integer> channel = Channel.on(receiving).rendezvous();
        Greenlet<?> receiver = receiving.spawn(() -> receiveAll(channel));
        sending.call(() -> {
            long end = System.nanoTime() + LENGTH.toNanos();
            while (System.nanoTime() < end) {
                channel.send(1);
            }
            channel.close();
        });
        receiver.join();
    }

    private static void receiveAll(Channel<Integer> channel) {
        Optional<Integer> value = channel.receiveOrEnd();
        while (value.isPresent()) {
            value = channel.receiveOrEnd();
        }
    }

    private static long cpuNanos(List<Thread> threads) {
        ThreadMXBean times = ManagementFactory.getThreadMXBean();
        return threads.stream()
                .mapToLong(thread -> Math.max(0, times.getThreadCpuTime(thread.threadId())))
                .sum();
    }

    @Override
    public void close() {
        group.close();
    }
}
