package dev.weft.workers;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.serial.SerializationFailed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A pool of workers that run tasks. Whether they are greenlets, threads, processes or nodes of a cluster is one word:
 *
 * <pre>{@code
 * try (Workers workers = Workers.processes(4)) {
 *     List<Digest> digests = workers.map(files, Digest::of);
 * }
 * }</pre>
 *
 * <p>Greenlets share one loop and suit tasks that wait. Threads compute in parallel and share memory. Processes compute in
 * parallel and share nothing: a task that exhausts the memory, crashes the JVM or never ends takes only its own worker with it.
 * Then it alone fails, with {@link WorkerDied}, and the worker is replaced. (In Python's {@code ProcessPoolExecutor} every
 * pending task fails, and the pool is broken.) Nodes are other programs, on other machines: see {@link #nodes}.
 *
 * <p>A worker runs one task at a time. Tasks begin in the order of their submission. A submitted task is a {@link Greenlet} on the
 * loop on which the pool was opened, which waits for a worker and then for the task. So it can be awaited, joined from any loop or
 * thread, and killed; {@code Weft.withTimeout(limit, () -> workers.call(task))} bounds it. Killing it interrupts the task,
 * whatever it runs on, and it ends once the task has ended. If a task in a process does not end within the pool's grace, its
 * worker is killed. (On a node it is waited for until it ends or the node is lost.) A failure goes to those who join the task, now or later, and is not reported otherwise.
 *
 * <p>The queue is bounded: {@link #submit} waits while it is full. A task that submits to its own pool and waits may therefore
 * deadlock, as all workers may do the same.
 *
 * <p>All methods may be called by any thread and by greenlets of any loop. A waiting greenlet yields; a waiting thread blocks.
 * A pool is opened by a greenlet, and killed when its loop closes.
 */
public interface Workers extends AutoCloseable {

    /** Opens a pool of {@code n} greenlets on the caller's loop. A task costs about a microsecond. */
    static Workers greenlets(int n) {
        return builder(n).greenlets();
    }

    /** Opens a pool of {@code n} platform threads, daemons. A task costs two hops between threads. */
    static Workers threads(int n) {
        return builder(n).threads();
    }

    /**
     * Opens a pool of {@code n} worker JVMs. They start in the background, and a task waits for the first that is ready. Later a
     * task costs two switches between processes, and the copying of its captures and its result.
     */
    static Workers processes(int n) {
        return builder(n).processes();
    }

    /**
     * Opens a pool whose tasks run on the nodes of a cluster, at most {@value WorkersBuilder#TASKS_ON_NODES} at a time; {@link
     * WorkersBuilder#nodes} sets another number. Each task goes to the node that has the fewest of this pool's. Nodes that join
     * later are used too. All nodes must allow the classes that travel.
     *
     * <p>If a node is lost, its tasks fail, as they may have run there; a task that certainly had not begun goes to another node.
     *
     * @param nodes the cluster, a {@code dev.weft.cluster.Cluster}
     */
    static Workers nodes(WorkerNodes nodes) {
        return builder(WorkersBuilder.TASKS_ON_NODES).nodes(nodes);
    }

    /** Returns a builder of a pool of {@code n} workers with other settings. */
    static WorkersBuilder builder(int n) {
        return new WorkersBuilder(n);
    }

    /** Returns the number of workers. */
    int size();

    /**
     * Queues {@code task}, waiting while the queue is full.
     *
     * @throws RejectedExecutionException if the pool is closed
     * @throws SerializationFailed if the task cannot be copied to a process; the message names the offending class and field
     */
    <T extends @Nullable Object> Greenlet<T> submit(Task<T> task);

    /** As {@link #submit(Task)}, for a task without a result. */
    Greenlet<@Nullable Void> submit(VoidTask task);

    /**
     * As {@link #submit(Task)}, but kills the task if it has not ended {@code limit} after it was queued. It then fails with
     * {@link DeadlineExceeded}.
     */
    <T extends @Nullable Object> Greenlet<T> submit(Task<T> task, Duration limit);

    /** Closes the pool to new tasks. The queued ones still run. Never waits. */
    void shutdown();

    /**
     * Closes the pool and kills its tasks, the queued and the running. A process whose task does not end within the grace is
     * killed. Never waits; see {@link #join}.
     */
    void terminate();

    /** As {@link #terminate}, but kills processes at once. */
    void kill();

    /**
     * Waits until the pool has been closed and its last task and worker have ended, for at most {@code timeout}.
     *
     * @return whether that is so
     */
    boolean join(Duration timeout);

    /** Returns whether the pool is closed to new tasks. */
    boolean isShutdown();

    /** Returns counters of the pool. */
    WorkersStatistics statistics();

    /**
     * Submits {@code task}, waits for it, and returns its result or throws its failure as it is. If the caller is killed or its
     * deadline expires, the task is killed, and the caller waits until it has ended.
     */
    default <T extends @Nullable Object> T call(Task<T> task) {
        return Calls.join(submit(task));
    }

    /** As {@link #call(Task)}, for a task without a result. */
    default void call(VoidTask task) {
        Calls.join(submit(task));
    }

    /**
     * Applies {@code function} to all {@code items} and returns the results in the order of the items. The first failure kills
     * the rest and is thrown. The items of a collection travel in chunks, four for each worker, as with Python's {@code Pool.map};
     * others travel one by one.
     */
    default <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Iterable<? extends T> items, TaskFunction<? super T, ? extends R> function) {
        int chunk = items instanceof Collection<?> known ? Math.max(1, Math.ceilDiv(known.size(), 4 * size())) : 1;
        return map(items, function, chunk);
    }

    /** As {@link #map(Iterable, TaskFunction)}, in chunks of {@code chunk} items, each of which is one task. */
    default <T extends @Nullable Object, R extends @Nullable Object> List<R> map(
            Iterable<? extends T> items, TaskFunction<? super T, ? extends R> function, int chunk) {
        List<R> all = new ArrayList<>();
        try (TaskResults<R> results = imap(items, function, Integer.MAX_VALUE, chunk)) {
            results.forEach(all::add);
        }
        return all;
    }

    /** As {@link #imap(Iterable, TaskFunction, int, int)}, one by one, with at most four unread for each worker. */
    default <T extends @Nullable Object, R extends @Nullable Object> TaskResults<R> imap(
            Iterable<? extends T> items, TaskFunction<? super T, ? extends R> function) {
        return imap(items, function, 4 * size(), 1);
    }

    /**
     * Applies {@code function} to the items and returns the results one by one, in the order of the items. {@code items} is read
     * by the caller, as the results are.
     *
     * @param maxUnread the maximum number of chunks that have been submitted and whose results have not been read
     * @param chunk the number of items in a task
     */
    default <T extends @Nullable Object, R extends @Nullable Object> TaskResults<R> imap(
            Iterable<? extends T> items, TaskFunction<? super T, ? extends R> function, int maxUnread, int chunk) {
        return TaskResults.of(TaskResults.Order.OF_ITEMS, this, items, function, maxUnread, chunk);
    }

    /** As {@link #imap(Iterable, TaskFunction)}, but returns the results in the order of completion. */
    default <T extends @Nullable Object, R extends @Nullable Object> TaskResults<R> mapUnordered(
            Iterable<? extends T> items, TaskFunction<? super T, ? extends R> function) {
        return mapUnordered(items, function, 4 * size(), 1);
    }

    /** As {@link #imap(Iterable, TaskFunction, int, int)}, but returns the results in the order of completion. */
    default <T extends @Nullable Object, R extends @Nullable Object> TaskResults<R> mapUnordered(
            Iterable<? extends T> items, TaskFunction<? super T, ? extends R> function, int maxUnread, int chunk) {
        return TaskResults.of(TaskResults.Order.OF_COMPLETION, this, items, function, maxUnread, chunk);
    }

    /**
     * Returns a view of this pool. Its tasks are bound by the rules of {@link Task}: for processes they must be serialisable, as
     * {@code (Callable<String> & Serializable)} lambdas are. {@code execute} and {@code submit} wait while the queue is full.
     */
    default ExecutorService executor() {
        return new WorkersExecutor(this);
    }

    /**
     * Closes the pool to new tasks and waits until the queued ones have run and the workers have ended. If the caller is killed
     * or its deadline expires, it terminates the pool, and waits for that.
     *
     * @throws Cancelled if the caller is killed
     */
    @Override
    default void close() {
        shutdown();
        Calls.joinOrTerminate(this);
    }
}
