package dev.weft.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A group's threads for calls that would block or hold a loop: bounded, daemons, gone when idle for long. Calls that find
 * no free thread wait in the order in which they came; each has a greenlet that waits for it, so their number is bounded by
 * the number of greenlets.
 */
public final class OffloadPool implements Executor, AutoCloseable {
    private static final long KEEP_ALIVE_SECONDS = 10;

    // Without locks: a loop's thread that waited for one could stand in line behind a greenlet of its own, for ever.
    private final LinkedTransferQueue<Runnable> queue = new LinkedTransferQueue<>();
    private final AtomicInteger dropped = new AtomicInteger(); // calls in the queue that nobody waits for any more
    private volatile int tolerated = 1; // so many of them; then they are cleared out
    private final ThreadPoolExecutor pool;

    /** A pool of up to {@code threads} threads, called {@code name-0} and so on; none is started before it is needed. */
    public OffloadPool(String name, int threads) {
        pool = new ThreadPoolExecutor(threads, threads, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, queue, new Workers(name));
        pool.allowCoreThreadTimeOut(true);
    }

    private static final class Workers implements ThreadFactory {
        private final String name;
        private final AtomicInteger number = new AtomicInteger();

        Workers(String name) {
            this.name = name;
        }

        @Override
        public Thread newThread(Runnable worker) {
            return new OffloadThread(worker, name + "-" + number.getAndIncrement());
        }
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /**
     * A call in the queue was dropped. When those are the half of what was there at the last clearing they are cleared out
     * again: while all threads hang, callers that give up and try again must not fill the memory.
     */
    void dropped() {
        if (dropped.incrementAndGet() >= tolerated) {
            dropped.set(0);
            queue.removeIf(task -> task instanceof OffloadedCall<?> call && call.isDropped());
            tolerated = Math.max(1, queue.size() / 2); // counted once a clearing, as the queue has to walk too
        }
    }

    int queued() {
        return queue.size();
    }

    /** Interrupts what runs and drops what is queued; does not wait, as a call may be deaf. */
    @Override
    public void close() {
        pool.shutdownNow();
    }
}
