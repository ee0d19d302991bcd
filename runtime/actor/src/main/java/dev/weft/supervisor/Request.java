package dev.weft.supervisor;

import dev.weft.Cancelled;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Sneaky;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Something that a supervisor is asked to do, and its answer. A caller that is cancelled withdraws it, unless it has begun. */
final class Request<V> implements Runnable {
    private final String supervisor;
    private final Callable<V> operation;
    private final CompletableFuture<V> answer = new CompletableFuture<>();
    private final AtomicBoolean taken = new AtomicBoolean(); // it has begun, or was withdrawn

    Request(String supervisor, Callable<V> operation) {
        this.supervisor = supervisor;
        this.operation = operation;
    }

    /** Carries it out. On the supervisor's loop. Throws only a cancellation of the supervisor. */
    @Override
    public void run() {
        if (taken.getAndSet(true)) {
            return;
        }
        try {
            answer.complete(operation.call());
        } catch (Cancelled stopped) {
            reject();
            throw stopped;
        } catch (Throwable t) {
            answer.completeExceptionally(t);
        }
    }

    /** Tells the caller that there is nobody to do it. */
    void reject() {
        answer.completeExceptionally(new RejectedExecutionException(
                "supervisor " + supervisor + " has ended, or is ending; start another one"));
    }

    /** Waits for the answer, if it is not there already. Any thread. */
    V await() {
        try {
            return Suspension.isOnLoop() && !answer.isDone() ? Weft.await(answer) : blockingGet();
        } finally {
            taken.set(true);
        }
    }

    private V blockingGet() {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw Sneaky.rethrow(Objects.requireNonNull(e.getCause()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("interrupted while waiting for supervisor " + supervisor, e);
        }
    }
}
