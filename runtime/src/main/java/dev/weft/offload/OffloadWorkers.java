package dev.weft.offload;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads of an {@link OffloadPool}, and the calls that wait for one. */
final class OffloadWorkers extends ThreadPoolExecutor {
    private static final long KEEP_ALIVE_SECONDS = 10;

    // Without locks: a loop's thread that waited for one could stand in line behind a greenlet of its own, for ever.
    private final LinkedTransferQueue<Runnable> queue;
    private final AtomicInteger dropped = new AtomicInteger(); // calls in the queue that nobody waits for any more
    private volatile int tolerated = 1; // so many of them; then they are cleared out
    private final Set<OffloadThread> running;

    OffloadWorkers(String name, int threads) {
        this(threads, new LinkedTransferQueue<>(), new Threads(name));
    }

    private OffloadWorkers(int threads, LinkedTransferQueue<Runnable> queue, Threads factory) {
        super(threads, threads, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, queue, factory);
        this.queue = queue;
        running = factory.running;
        allowCoreThreadTimeOut(true);
    }

    private static final class Threads implements ThreadFactory {
        private final String name;
        private final AtomicInteger number = new AtomicInteger();
        private final Set<OffloadThread> running = ConcurrentHashMap.newKeySet();

        Threads(String name) {
            this.name = name;
        }

        @Override
        public Thread newThread(Runnable worker) {
            return new OffloadThread(worker, name + "-" + number.getAndIncrement(), running);
        }
    }

    /** The calls that take all threads, one each, the innermost ones; empty if a thread is free or runs something else. */
    List<OffloadedCall<?>> calls() {
        List<OffloadedCall<?>> calls = new ArrayList<>();
        for (OffloadThread thread : running) {
            OffloadedCall<?> call = thread.call;
            if (call == null) {
                return List.of();
            }
            calls.add(call);
        }
        return calls.size() < getMaximumPoolSize() ? List.of() : calls;
    }

    /**
     * A call in the queue was dropped, or is run by a thread that did not take it from there. When those are the half of what was there at the last clearing they are cleared out
     * again: while all threads hang, callers that give up and try again must not fill the memory.
     */
    void dropped() {
        if (dropped.incrementAndGet() >= tolerated) {
            dropped.set(0);
            queue.removeIf(task -> task instanceof OffloadedCall<?> call && call.isTaken());
            tolerated = Math.max(1, queue.size() / 2); // counted once a clearing, as the queue has to walk too
        }
    }
}
