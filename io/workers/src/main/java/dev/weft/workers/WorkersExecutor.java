package dev.weft.workers;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A pool as an {@link ExecutorService}. */
final class WorkersExecutor implements ExecutorService {
    private final Workers workers;

    WorkersExecutor(Workers workers) {
        this.workers = workers;
    }

    /** A callable that is to travel; it can only if {@code code} can. */
    private record CallableTask<T extends @Nullable Object>(Callable<T> code) implements Task<T> {
        @Override
        public T call() throws Exception {
            return code.call();
        }
    }

    /** A runnable that is to travel. */
    private record RunnableTask(Runnable code) implements Task<@Nullable Object> {
        @Override
        public @Nullable Object call() {
            code.run();
            return null;
        }
    }

    /** The end of a task; cancelling it kills the task. */
    private static final class TaskFuture<T extends @Nullable Object> extends CompletableFuture<T> {
        private final Greenlet<?> task;

        private TaskFuture(Greenlet<?> task) {
            this.task = task;
        }

        static <T extends @Nullable Object> TaskFuture<T> of(Greenlet<T> task) {
            return of(task, result -> result);
        }

        static <R extends @Nullable Object, T extends @Nullable Object> TaskFuture<T> of(
                Greenlet<R> task, Function<? super R, ? extends T> result) {
            TaskFuture<T> future = new TaskFuture<>(task);
            task.toFuture().whenComplete((returned, failure) -> {
                if (failure instanceof Cancelled) {
                    future.markCancelled();
                } else if (failure != null) {
                    future.completeExceptionally(failure);
                } else {
                    future.complete(result.apply(returned));
                }
            });
            return future;
        }

        private void markCancelled() {
            super.cancel(true);
        }

        @Override
        public boolean cancel(boolean interrupt) {
            boolean cancelled = super.cancel(interrupt);
            if (cancelled) {
                task.kill("its future was cancelled");
            }
            return cancelled;
        }
    }

    @Override
    public void execute(Runnable command) {
        submit(command);
    }

    @Override
    public <T extends @Nullable Object> Future<T> submit(Callable<T> task) {
        return TaskFuture.of(workers.submit(new CallableTask<>(task)));
    }

    @Override
    public Future<?> submit(Runnable task) {
        return TaskFuture.of(workers.submit(new RunnableTask(task)));
    }

    @Override
    public <T extends @Nullable Object> Future<T> submit(Runnable task, T result) {
        return TaskFuture.of(workers.submit(new RunnableTask(task)), nothing -> result);
    }

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
            throws InterruptedException {
        return invokeAll(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    }

    @Override
    public <T extends @Nullable Object> List<Future<T>> invokeAll(
            Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit) throws InterruptedException {
        long end = deadline(timeout, unit);
        List<Future<T>> futures = new ArrayList<>();
        try {
            for (Callable<T> task : tasks) {
                futures.add(submit(task));
            }
            for (Future<T> future : futures) {
                awaitEnd(future, end);
            }
            return futures;
        } catch (TimeoutException e) {
            return futures;
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    private static void awaitEnd(Future<?> future, long end) throws InterruptedException, TimeoutException {
        try {
            future.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | CancellationException e) {
            // it has ended
        }
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(Collection<? extends Callable<T>> tasks)
            throws InterruptedException, ExecutionException {
        try {
            return invokeAny(tasks, Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException("three hundred years have passed", e);
        }
    }

    @Override
    public <T extends @Nullable Object> T invokeAny(
            Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (tasks.isEmpty()) {
            throw new IllegalArgumentException("there are no tasks to choose from");
        }
        long end = deadline(timeout, unit);
        BlockingQueue<TaskFuture<T>> ended = new LinkedBlockingQueue<>();
        List<TaskFuture<T>> futures = new ArrayList<>();
        try {
            for (Callable<T> task : tasks) {
                TaskFuture<T> future = TaskFuture.of(workers.submit(new CallableTask<>(task)));
                futures.add(future);
                future.whenComplete((result, failure) -> ended.add(future));
            }
            return firstResult(ended, futures.size(), end);
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    private static <T extends @Nullable Object> T firstResult(BlockingQueue<TaskFuture<T>> ended, int count, long end)
            throws InterruptedException, ExecutionException, TimeoutException {
        ExecutionException failure = new ExecutionException("all tasks were cancelled", null);
        for (int i = 0; i < count; i++) {
            TaskFuture<T> next = ended.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (next == null) {
                throw new TimeoutException("no task returned in time");
            }
            try {
                return next.get();
            } catch (ExecutionException e) {
                failure = e;
            } catch (CancellationException e) {
                // another one may return
            }
        }
        throw failure;
    }

    private static long deadline(long timeout, TimeUnit unit) {
        return System.nanoTime() + Math.min(unit.toNanos(timeout), Long.MAX_VALUE / 2);
    }

    @Override
    public void shutdown() {
        workers.shutdown();
    }

    /** Terminates the pool. Returns nothing, as no task is left to the caller. */
    @Override
    public List<Runnable> shutdownNow() {
        workers.terminate();
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return workers.isShutdown();
    }

    @Override
    public boolean isTerminated() {
        return workers.isShutdown() && workers.join(Duration.ZERO);
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
        try {
            return workers.join(Duration.of(timeout, unit.toChronoUnit()));
        } catch (Cancelled e) {
            if (Thread.interrupted()) {
                InterruptedException interrupted = new InterruptedException(e.getMessage());
                interrupted.initCause(e);
                throw interrupted;
            }
            throw e;
        }
    }

    @Override
    public String toString() {
        return "executor of " + workers;
    }
}
