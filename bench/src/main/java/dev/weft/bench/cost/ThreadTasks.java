package dev.weft.bench.cost;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Tasks on threads of any kind. */
class ThreadTasks extends Tasks<Thread> {
    private final ThreadFactory factory;

    ThreadTasks(ThreadFactory factory) {
        this.factory = factory;
    }

    @Override
    void run(Runnable body) {
        join(spawn(body));
    }

    @Override
    Thread spawn(Runnable body) {
        Thread thread = factory.newThread(body);
        thread.start();
        return thread;
    }

    @Override
    void join(Thread task) {
        try {
            task.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("a benchmark was interrupted", e);
        }
    }

    @Override
    void yieldNow() {
        Thread.yield();
    }

    @Override
    void await(CompletableFuture<Void> future) {
        future.join();
    }

    @Override
    Conduit newConduit(int capacity) {
        return new QueueConduit(capacity == 0 ? new SynchronousQueue<>() : new ArrayBlockingQueue<>(capacity));
    }

    private record QueueConduit(BlockingQueue<Object> queue) implements Conduit {
        @Override
        public void put(Object value) {
            try {
                queue.put(value);
            } catch (InterruptedException e) {
                throw new IllegalStateException("a benchmark was interrupted", e);
            }
        }

        @Override
        public Object take() {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                throw new IllegalStateException("a benchmark was interrupted", e);
            }
        }
    }

    @Override
    Gate newGate() {
        return new ParkingGate();
    }

    private static final class ParkingGate implements Gate {
        private volatile boolean open;
        private volatile @Nullable Thread waiting;

        @Override
        public void pass() {
            waiting = Thread.currentThread();
            while (!open) {
                LockSupport.park(this);
            }
            open = false;
        }

        @Override
        public void passWithin(long nanos) {
            waiting = Thread.currentThread();
            while (!open) {
                LockSupport.parkNanos(this, nanos);
            }
            open = false;
        }

        @Override
        public void open() {
            open = true;
            LockSupport.unpark(waiting);
        }
    }
}
