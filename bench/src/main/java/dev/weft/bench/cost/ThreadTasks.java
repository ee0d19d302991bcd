package dev.weft.bench.cost;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Tasks on threads of whatever kind. */
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
