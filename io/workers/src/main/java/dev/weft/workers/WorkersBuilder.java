package dev.weft.workers;

import dev.weft.shared.SharedArray;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A builder of {@link Workers}. Its last word chooses what the workers are; settings that concern processes alone have no effect
 * on others. Not thread-safe.
 *
 * <pre>{@code
 * Workers workers = Workers.builder(4).queue(100).maxTasksPerWorker(1_000).processes();
 * }</pre>
 */
public final class WorkersBuilder {
    static final int TASKS_ON_NODES = 64;

    final int size;
    String name = "workers";
    int queue = 1024;

    @Nullable VoidTask initializer;

    long maxTasksPerWorker = Long.MAX_VALUE;
    Duration grace = Duration.ofSeconds(2);
    boolean onGreenlets;
    String program = WorkerMain.class.getName();

    @Nullable Path startupCache = StartupCache.userDirectory();

    WorkerOutput output = WorkersBuilder::print;
    final Set<String> allowed = new TreeSet<>();
    final Set<String> allowedPackages = new TreeSet<>();
    final List<String> jvmArguments = new ArrayList<>();

    WorkersBuilder(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("a pool needs at least one worker: " + size);
        }
        this.size = size;
        allowedPackages.add(WorkersBuilder.class.getPackageName());
        allowedPackages.add(SharedArray.class.getPackageName());
        allowedPackages.add("dev.weft.tasks"); // which is built on this package
        allowedPackages.add(callersPackage());
    }

    private static String callersPackage() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.map(StackWalker.StackFrame::getDeclaringClass)
                        .filter(type -> type != WorkersBuilder.class && type != Workers.class)
                        .findFirst())
                .map(Class::getPackageName)
                .orElse("");
    }

    /** Sets the name of the pool, which its threads and greenlets bear; "workers" by default. */
    public WorkersBuilder name(String name) {
        this.name = Objects.requireNonNull(name, "name");
        return this;
    }

    /** Sets the maximum number of tasks that wait for a worker; 1024 by default. */
    public WorkersBuilder queue(int capacity) {
        if (capacity < 0) {
            throw new IllegalArgumentException("the capacity of the queue must not be negative: " + capacity);
        }
        queue = capacity;
        return this;
    }

    /**
     * Sets what each worker does before its first task. If that fails, so does the task, and the worker tries again before the
     * next one. A node does it once for the pool, before the pool's first task there.
     */
    public WorkersBuilder initializer(VoidTask action) {
        initializer = Objects.requireNonNull(action, "action");
        return this;
    }

    /**
     * Sets how many tasks a process runs before it is replaced, as Python's {@code maxtasksperchild}; unlimited by default. A
     * remedy for leaks in native code.
     */
    public WorkersBuilder maxTasksPerWorker(long tasks) {
        if (tasks < 1) {
            throw new IllegalArgumentException("a worker needs at least one task: " + tasks);
        }
        maxTasksPerWorker = tasks;
        return this;
    }

    /** Sets how long a process may take to end a task that is killed, before it is killed itself; two seconds by default. */
    public WorkersBuilder grace(Duration grace) {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("the grace must not be negative: " + grace);
        }
        this.grace = grace;
        return this;
    }

    /**
     * Lets {@code types}, the classes nested in them, and the lambdas in their code travel to processes and back. Always allowed
     * are values, collections and exceptions of the JDK, and the package of the class that called {@link Workers#builder} or
     * {@link Workers#processes}.
     */
    public WorkersBuilder allow(Class<?>... types) {
        for (Class<?> type : types) {
            allowed.add(type.getName());
        }
        return this;
    }

    /** Lets the classes of package {@code name} travel, but not those of packages below it; see {@link #allow}. */
    public WorkersBuilder allowPackage(String name) {
        allowedPackages.add(Objects.requireNonNull(name, "name"));
        return this;
    }

    /** Adds arguments for the JVMs of processes, such as {@code -Xmx256m}. */
    public WorkersBuilder jvmArguments(String... arguments) {
        jvmArguments.addAll(List.of(arguments));
        return this;
    }

    /**
     * Sets the directory for ahead-of-time caches, from which the JVMs of processes start in less than half the time; {@code
     * ~/.cache/weft} by default. A program's first pool makes one in the background, which takes some seconds of one CPU and
     * some 15 MB; its later pools and runs use it, until the class path or the JVM changes. If the directory is not writable, or
     * the class path has directories, there is none.
     */
    public WorkersBuilder startupCache(Path directory) {
        startupCache = Objects.requireNonNull(directory, "directory");
        return this;
    }

    /** Neither makes nor uses a cache for the start of processes. */
    public WorkersBuilder withoutStartupCache() {
        startupCache = null;
        return this;
    }

    /** Makes tasks in processes run on greenlets, where they may use {@code Weft}; by default they run on a plain thread. */
    public WorkersBuilder onGreenlets() {
        onGreenlets = true;
        return this;
    }

    /** Sets who receives the output of processes; by default it goes to this program's, as it is. */
    public WorkersBuilder output(WorkerOutput output) {
        this.output = Objects.requireNonNull(output, "output");
        return this;
    }

    private static void print(long pid, WorkerOutput.Source source, String text) {
        (source == WorkerOutput.Source.STDOUT ? System.out : System.err).println(text);
    }

    /** Opens the pool with greenlets of the caller's loop. */
    public Workers greenlets() {
        return new WorkerPool<>(this, new GreenletCarrier(initializer));
    }

    /** Opens the pool with platform threads. */
    public Workers threads() {
        return new WorkerPool<>(this, new ThreadCarrier(this));
    }

    /** Opens the pool with worker JVMs. */
    public Workers processes() {
        return new WorkerPool<>(this, new ProcessCarrier(this));
    }

    /**
     * Opens the pool with the nodes of a cluster, which run as many tasks at a time, all together, as the pool has workers. What
     * may travel is set by the cluster's configuration, not by {@link #allow}. See {@link Workers#nodes}.
     */
    public Workers nodes(WorkerNodes nodes) {
        return new WorkerPool<>(this, new NodeCarrier(nodes.dispatcher(initializer)));
    }
}
