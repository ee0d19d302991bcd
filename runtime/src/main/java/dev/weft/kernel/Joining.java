package dev.weft.kernel;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a greenlet, by greenlets of any loop, threads, futures and callbacks. Any thread. */
final class Joining {
    private Joining() {}

    /** The description of a wait for the end of {@code greenlet}, whatever the outcome. */
    record EndOf(GreenletTask<?> greenlet) {
        @Override
        public String toString() {
            return "the end of " + greenlet.name();
        }
    }

    /** Waits for the end of {@code greenlet}; returns its result or throws its failure. */
    static <T extends @Nullable Object> T join(GreenletTask<T> greenlet, @Nullable Duration timeout) {
        if (EventLoop.currentOrNull() != null) {
            return GreenletTask.current().await(greenlet, timeout);
        }
        CompletableFuture<T> end = new CompletableFuture<>();
        return whileLinked(greenlet, new FutureCompletion<>(end), () -> Blocking.get(end, greenlet, timeout));
    }

    /** Waits for the end of {@code greenlet}, whatever the outcome; returns false on timeout. */
    static <T extends @Nullable Object> boolean awaitEnd(GreenletTask<T> greenlet, @Nullable Duration timeout) {
        EventLoop caller = EventLoop.currentOrNull();
        if (caller == greenlet.loop && caller.running() == greenlet) {
            greenlet.requireNotCancelled("its own end");
            throw new IllegalStateException(greenlet + " waits for its own end");
        }
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        EndOf description = new EndOf(greenlet);
        try {
            return whileLinked(
                    greenlet,
                    new EndCallback<>(greenlet, ended -> end.complete(true)),
                    () -> caller != null
                            ? GreenletTask.current().await(new StageEnd<>(end, description), timeout)
                            : Blocking.get(end, description, timeout));
        } catch (DeadlineExceeded timeIsUp) {
            return false;
        }
    }

    /** Runs {@code wait} while {@code link} is subscribed to the end; unsubscribes it if the wait fails. */
    private static <T extends @Nullable Object, V extends @Nullable Object> V whileLinked(
            GreenletTask<T> greenlet, Waiter<? super T> link, Supplier<V> wait) {
        greenlet.tellAtEnd(link);
        try {
            return wait.get();
        } catch (Throwable t) {
            greenlet.loop.onLoop(() -> greenlet.unsubscribe(link)); // else it would count as having observed a failure
            throw t;
        }
    }

    /** Returns a future for the end of {@code greenlet}, whose dependents run as callbacks of its loop. */
    static <T extends @Nullable Object> CompletableFuture<T> future(GreenletTask<T> greenlet) {
        CompletableFuture<T> future = new CompletableFuture<>();
        if (greenlet.isDone()) {
            greenlet.completeAtEnd(future);
        } else {
            greenlet.tellAtEnd(new FutureCallback<>(future, completion -> callDependents(greenlet.loop, completion)));
        }
        return future;
    }

    /** Runs on the caller's thread if the greenlet had already ended. */
    private static void callDependents(EventLoop loop, Runnable completion) {
        if (EventLoop.currentOrNull() == loop) {
            loop.owner.callback(completion);
        } else {
            completion.run();
        }
    }

    /**
     * Calls {@code event} on the loop's thread, between greenlets, when {@code greenlet} ends, unless the returned handle is closed
     * before.
     */
    static <T extends @Nullable Object> Loop.Handle whenEnded(
            GreenletTask<T> greenlet, Consumer<? super Greenlet<T>> event) {
        EndCallback<T> callback = new EndCallback<>(greenlet, event);
        if (greenlet.isDone()) {
            greenlet.loop.post(callback::call);
        } else {
            greenlet.loop.onLoop(() -> subscribe(greenlet, callback));
        }
        return () -> greenlet.loop.onLoop(() -> greenlet.unsubscribe(callback));
    }

    private static <T extends @Nullable Object> void subscribe(GreenletTask<T> greenlet, EndCallback<T> callback) {
        if (greenlet.isDone()) {
            greenlet.loop.post(callback::call);
        } else {
            greenlet.subscribe(callback);
        }
    }
}
