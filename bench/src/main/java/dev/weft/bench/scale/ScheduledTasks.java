package dev.weft.bench.scale;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Tasks of the JDK's timer thread. */
final class ScheduledTasks implements Crowd {
    private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
    private final Lateness lateness = new Lateness();
    private final long restNanos;
    private CountDownLatch pending = new CountDownLatch(0);

    ScheduledTasks(Duration rest) {
        restNanos = rest.toNanos();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // what runs counts down
    public void come(int count) {
        lateness.forget();
        pending = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            long deadline = System.nanoTime() + restNanos;
            executor.schedule(() -> ring(deadline), restNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void ring(long deadline) {
        lateness.over(deadline);
        pending.countDown();
    }

    @Override
    public void leave() throws InterruptedException {
        pending.await();
    }

    @Override
    public Map<String, Object> figures() {
        return lateness.figures();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
