package dev.weft.log;

import dev.weft.spi.RuntimeThread;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks one after another on a thread that exists only while there are any. For work that a loop's thread must not do
 * itself because it may wait: for a lock, say, that is held by a greenlet of that very loop. Any thread.
 */
public final class OnDemandThread {
    private static final long LOOK_NANOS = 100_000;

    private final String name;
    private final int most;
    private final IntConsumer tellDropped;
    private final MpscUnboundedAtomicArrayQueue<Runnable> queue = new MpscUnboundedAtomicArrayQueue<>(16);
    private final AtomicInteger unfinished = new AtomicInteger(); // queued or running tasks
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicReference<@Nullable Thread> worker = new AtomicReference<>();

    /** Creates a queue of {@code most} tasks; further ones are dropped. {@code tellDropped} gets their number, on the thread. */
    public OnDemandThread(String name, int most, IntConsumer tellDropped) {
        this.name = name;
        this.most = most;
        this.tellDropped = tellDropped;
    }

    /** Queues {@code task}. Never waits. */
    public void submit(Runnable task) {
        if (unfinished.get() >= most) {
            dropped.incrementAndGet();
        } else {
            queue.offer(task); // first, as memory may be out; the worker may decrement before we increment
            unfinished.incrementAndGet();
        }
        ensureWorker();
    }

    /** Waits until all submitted tasks are done, at most for {@code patienceNanos}. Does nothing on the thread itself. */
    public void flush(long patienceNanos) {
        if (Thread.currentThread() == worker.get()) {
            return;
        }
        long deadline = System.nanoTime() + patienceNanos;
        while (!isDone() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    private boolean isDone() {
        if (unfinished.get() > 0) {
            ensureWorker(); // an earlier attempt may have failed for lack of threads
            return false;
        }
        return worker.get() == null;
    }

    /** Starts a worker if there is none. A running worker checks the queue again before it ends. */
    private void ensureWorker() {
        if (worker.get() != null) {
            return;
        }
        try {
            Thread started = new RuntimeThread(name, this::work);
            if (worker.compareAndSet(null, started)) {
                start(started);
            }
        } catch (Throwable noThread) {
            // Queued tasks stay there until a thread can be created.
        }
    }

    private void start(Thread started) {
        try {
            started.start();
        } catch (Throwable noThread) {
            worker.set(null);
        }
    }

    private void work() {
        do {
            for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
                attempt(task);
                unfinished.decrementAndGet();
            }
            int lost = dropped.getAndSet(0);
            if (lost > 0) {
                attempt(() -> tellDropped.accept(lost));
            }
            worker.set(null);
        } while (!queue.isEmpty() && worker.compareAndSet(null, Thread.currentThread()));
    }

    private static void attempt(Runnable task) {
        try {
            task.run();
        } catch (Throwable failed) {
            // Tasks handle their own failures; and there may be no memory for a message.
        }
    }
}
