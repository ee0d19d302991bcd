package dev.weft.bench.scale;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** Virtual threads that sleep, each as long from its start. */
final class SleepingVirtualThreads implements Crowd {
    private final Lateness lateness = new Lateness();
    private final Duration rest;
    private List<Thread> all = List.of();

    SleepingVirtualThreads(Duration rest) {
        this.rest = rest;
    }

    @Override
    public void come(int count) throws InterruptedException {
        lateness.forget();
        all = new ArrayList<>(count);
        CountDownLatch started = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            all.add(Thread.startVirtualThread(() -> sleepOnce(started)));
        }
        started.await();
    }

    private void sleepOnce(CountDownLatch started) {
        long deadline = System.nanoTime() + rest.toNanos();
        started.countDown();
        try {
            Thread.sleep(rest);
            lateness.over(deadline);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void leave() throws InterruptedException {
        for (Thread thread : all) {
            thread.join();
        }
        all = List.of();
    }

    @Override
    public Map<String, Object> figures() {
        return lateness.figures();
    }
}
