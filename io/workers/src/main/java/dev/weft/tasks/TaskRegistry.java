package dev.weft.tasks;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.workers.VoidTask;
import dev.weft.workers.Workers;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a program that a person operates, numbered from 1 on: long imports, reports, clean-ups. Each runs on a pool of
 * greenlets, threads or processes, and can be looked at meanwhile. The model is the task manager of Python's plac.
 *
 * <pre>{@code
 * try (Workers workers = Workers.processes(2); TaskRegistry tasks = new TaskRegistry()) {
 *     NamedTask task = tasks.start("import sales.csv", workers, output -> importFile("sales.csv", output));
 *     tasks.list().forEach(System.out::println);
 *     task.output().forEach(System.out::println);
 *     task.kill();
 * }
 * }</pre>
 *
 * <p>Of the tasks that have ended, the newest are kept; older ones are forgotten. A registry is created by a greenlet. Any thread may
 * call all methods; a waiting greenlet yields, a waiting thread blocks.
 */
public final class TaskRegistry implements AutoCloseable {
    static {
        Suspension.spawnsForOthers(TaskRegistry.class);
    }

    private final int keptTasks;
    private final int keptLines;
    private final AtomicInteger numbers = new AtomicInteger();
    private final ConcurrentNavigableMap<Integer, NamedTask> tasks = new ConcurrentSkipListMap<>();
    private volatile boolean closed;
    final TaskOutputs outputs = new TaskOutputs();

    /** Creates a registry on the caller's loop that keeps 1,000 tasks that have ended, and 10,000 lines of each task. */
    public TaskRegistry() {
        this(1_000, 10_000);
    }

    /**
     * Creates a registry on the caller's loop that keeps {@code keptTasks} tasks that have ended, and {@code keptLines} lines of
     * each task.
     */
    public TaskRegistry(int keptTasks, int keptLines) {
        if (keptTasks < 1 || keptLines < 1) {
            throw new IllegalArgumentException(
                    "a registry must keep at least one task and one line: " + keptTasks + ", " + keptLines);
        }
        this.keptTasks = keptTasks;
        this.keptLines = keptLines;
    }

    private interface Ending extends AutoCloseable {
        @Override
        void close();
    }

    /** A task as it reaches a worker. */
    private record Run(TaskBody body, TaskOutput output) implements VoidTask {
        @Override
        @SuppressWarnings("try") // the end is closed, not used
        public void run() throws Exception {
            output.begin();
            try (Ending ending = output::end) {
                body.run(output);
            }
        }
    }

    /**
     * Starts a task on {@code workers}. Waits while their queue is full, and no longer.
     *
     * @throws RejectedExecutionException if this registry or the pool is closed
     * @throws dev.weft.serial.SerializationFailed if the body cannot be copied to a process; it names the offending class and field
     */
    public NamedTask start(String name, Workers workers, TaskBody body) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(body, "body");
        requireOpen(name);
        LocalOutput output = new LocalOutput(keptLines, outputs);
        Greenlet<@Nullable Void> running = submit(new Run(body, output), workers, output);
        NamedTask task = new NamedTask(numbers.incrementAndGet(), name, output, running);
        tasks.put(task.number(), task);
        Suspension.whenEnded(running, ended -> output.end());
        running.onEnd(ended -> outputs.forget(output));
        forgetOldest();
        if (closed) {
            task.kill();
        }
        return task;
    }

    private Greenlet<@Nullable Void> submit(Run run, Workers workers, LocalOutput output) {
        try {
            return workers.submit(run);
        } catch (Throwable t) {
            outputs.forget(output);
            throw t;
        }
    }

    private void requireOpen(String name) {
        if (closed) {
            throw new RejectedExecutionException(
                    "this registry is closed; start \"" + name + "\" before, or in another");
        }
    }

    private void forgetOldest() {
        List<NamedTask> ended =
                tasks.values().stream().filter(task -> task.state().isDone()).toList();
        ended.stream().limit(Math.max(0, ended.size() - keptTasks)).forEach(task -> tasks.remove(task.number()));
    }

    /** Returns all tasks, in the order of their numbers. */
    public List<NamedTask> list() {
        return List.copyOf(tasks.values());
    }

    /** Returns the tasks that are in {@code state}, in the order of their numbers. */
    public List<NamedTask> list(TaskState state) {
        return tasks.values().stream().filter(task -> task.state() == state).toList();
    }

    /**
     * Returns the task with {@code number}.
     *
     * @throws NoSuchElementException if there is none; the message says which there are
     */
    public NamedTask task(int number) {
        NamedTask task = tasks.get(number);
        if (task == null) {
            throw new NoSuchElementException("there is no task " + number + "; there are " + tasks.keySet());
        }
        return task;
    }

    /** Returns the task that was started last, if there is one. */
    public Optional<NamedTask> latest() {
        return Optional.ofNullable(tasks.lastEntry()).map(entry -> entry.getValue());
    }

    /** Returns the task that failed last, if one has. */
    public Optional<NamedTask> lastFailed() {
        return list(TaskState.FAILED).stream().max(Comparator.comparingLong(NamedTask::endNanos));
    }

    /** Kills all tasks and waits until they have ended. The pools stay open. Later calls of {@link #start} are refused. */
    @Override
    public void close() {
        closed = true;
        Collection<NamedTask> all = list();
        all.forEach(NamedTask::kill);
        Weft.joinAll(all.stream().map(NamedTask::running).toList());
        outputs.close();
    }
}
