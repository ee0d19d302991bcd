package dev.weft.kernel;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A group's threads for calls that would block a loop: bounded, daemons, gone when idle for long. */
public final class OffloadPool implements Executor, AutoCloseable {
    private static final long KEEP_ALIVE_SECONDS = 10;

    private final ThreadPoolExecutor pool;

    /** A pool of up to {@code threads} threads; none is started before it is needed. */
    public OffloadPool(String group, int threads) {
        pool = new ThreadPoolExecutor(
                threads,
                threads,
                KEEP_ALIVE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name(group + "-offload-", 0).factory());
        pool.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** Interrupts what runs and drops what is queued; does not wait, as a call may be deaf. */
    @Override
    public void close() {
        pool.shutdownNow();
    }
}
