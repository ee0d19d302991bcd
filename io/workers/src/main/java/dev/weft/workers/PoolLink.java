package dev.weft.workers;

import dev.weft.Cancelled;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.shared.OwnerClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A worker's end of the connection to its pool. Between a task and its answer, the task may send requests to owners there. They
 * are sent by a thread of their own, because an interrupt of a thread that reads from a channel closes the channel.
 */
final class PoolLink implements OwnerClient.Link {
    private final FrameChannel pool;
    private final ReentrantLock use = new ReentrantLock(); // of the channel
    private final Executor requests = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("owner requests").daemon().factory());

    PoolLink(FrameChannel pool) {
        this.pool = pool;
    }

    /** Sends the answer to the latest task and waits for the next one. Main thread. */
    Frame next(Frame answer) throws IOException {
        use.lock();
        try {
            pool.send(answer);
            return pool.receive();
        } finally {
            use.unlock();
        }
    }

    @Override
    public byte[] exchange(byte[] request) {
        CompletableFuture<byte[]> answer = CompletableFuture.supplyAsync(() -> ask(request), requests);
        if (Suspension.isOnLoop()) {
            return Weft.await(answer);
        }
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("cancelled while it waited for an owner", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the connection to the pool is broken", e);
        }
    }

    private byte[] ask(byte[] request) {
        use.lock();
        try {
            pool.send(new Frame(Frame.Kind.REQUEST, 0, request));
            return pool.receive().body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            use.unlock();
        }
    }
}
