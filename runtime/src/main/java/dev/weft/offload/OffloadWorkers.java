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
import org.jspecify.annotations.Nullable;

/** The threads and the queue of an {@link OffloadPool}. */
final class OffloadWorkers extends ThreadPoolExecutor {
    private static final long KEEP_ALIVE_SECONDS = 10;

    // Lock-free: a loop's thread that waited for a lock could be queued behind a greenlet of its own, and deadlock.
    private final LinkedTransferQueue<Runnable> queue;
    private final AtomicInteger dropped = new AtomicInteger(); // calls in the queue that need not run any more
    private volatile int tolerated = 1; // how many of those may stay before they are purged
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

    /** Called before the thread is replaced, so a pool that goes on has reported the failure. */
    @Override
    protected void afterExecute(Runnable task, @Nullable Throwable failure) {
        if (failure != null) {
            ((OffloadThread) Thread.currentThread()).reportEndOfThis(failure);
        }
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

    /** Returns the innermost calls of all threads; empty if a thread is free or runs something else. */
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

    /** Returns how many threads run a call. */
    int busy() {
        int busy = 0;
        for (OffloadThread thread : running) {
            if (thread.call != null) {
                busy++;
            }
        }
        return busy;
    }

    /**
     * Counts a queued call that was dropped, or taken by a thread that bypassed the queue. Such calls are purged once they are
     * half as many as the queue held after the last purge: while all threads hang, callers that give up and retry must not fill
     * the memory.
     */
    void dropped() {
        if (dropped.incrementAndGet() >= tolerated) {
            dropped.set(0);
            queue.removeIf(task -> task instanceof OffloadedCall<?> call && call.isTaken());
            tolerated = Math.max(1, queue.size() / 2); // computed once per purge, as size() traverses the queue
        }
    }
}
