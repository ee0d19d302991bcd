package dev.weft.log;

import dev.weft.spi.RuntimeThread;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that are done one after the other on a thread that is there for as long as there are some. For what a loop's thread
 * must not do itself, since it may wait: it could stand in line, for a lock, behind a greenlet of that very loop. Any thread.
 */
public final class OnDemandThread {
    private static final long LOOK_NANOS = 100_000;

    private final String name;
    private final int most;
    private final IntConsumer tellDropped;
    private final MpscUnboundedAtomicArrayQueue<Runnable> queue = new MpscUnboundedAtomicArrayQueue<>(16);
    private final AtomicInteger undone = new AtomicInteger(); // in the queue, or being done
    private final AtomicInteger dropped = new AtomicInteger();
    private final AtomicReference<@Nullable Thread> worker = new AtomicReference<>();

    /** When {@code most} wait, further ones are dropped; {@code tellDropped} is told how many, on the thread. */
    public OnDemandThread(String name, int most, IntConsumer tellDropped) {
        this.name = name;
        this.most = most;
        this.tellDropped = tellDropped;
    }

    /** Has {@code task} done, after those before it. Never waits. */
    public void submit(Runnable task) {
        if (undone.get() >= most) {
            dropped.incrementAndGet();
        } else {
            queue.offer(task); // first, as memory may be out; the worker may count it before we do
            undone.incrementAndGet();
        }
        seeToWorker();
    }

    /** Waits until all that was submitted is done, for {@code patienceNanos} at the most; not on the thread itself. */
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
        if (undone.get() > 0) {
            seeToWorker(); // when it was wanted, no thread may have been to be had
            return false;
        }
        return worker.get() == null;
    }

    /** Starts a worker if there is none. One that is there looks again before it ends. */
    private void seeToWorker() {
        if (worker.get() != null) {
            return;
        }
        try {
            Thread started = new RuntimeThread(name, this::work);
            if (worker.compareAndSet(null, started)) {
                start(started);
            }
        } catch (Throwable noThread) {
            // What is in the queue stays there until one can be had.
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
                undone.decrementAndGet();
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
            // Whoever submits a task sees to its failures; with no memory left there is no message either.
        }
    }
}
