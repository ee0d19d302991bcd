package dev.weft.observe;

import dev.weft.LoopGroup;
import dev.weft.diagnostics.Watchdog;
import dev.weft.lint.Finding;
import dev.weft.lint.Lints;
import dev.weft.loop.RunLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does the {@linkplain WatchTask tasks} for one group, on its watchdog's thread. They are loaded after a second, so that start-up pays nothing. */
public final class WatchTasks implements Watchdog.Probe {
    private static final long PERIOD_NANOS = 1_000_000_000;

    private final LoopGroup group;
    private final Iterable<WatchTask> services;
    private final List<WatchTask> tasks = new ArrayList<>();
    private volatile @Nullable Lints lints; // like the observer
    private @Nullable Observer observer; // once the tasks are loaded
    private long nextNanos = PERIOD_NANOS;
    private long retryNanos = PERIOD_NANOS;

    public WatchTasks(LoopGroup group) {
        this(group, ServiceLoader.load(WatchTask.class, WatchTask.class.getClassLoader()));
    }

    /** For tests: does the tasks of {@code services}. */
    WatchTasks(LoopGroup group, Iterable<WatchTask> services) {
        this.group = group;
        this.services = services;
    }

    /** Returns the lints of the group; empty if the watchdog has not been running for a second. Any thread. */
    List<Finding> lints() {
        Lints present = lints;
        return present == null ? List.of() : present.standing();
    }

    @Override
    public void look(long nowNanos) {
        Lints looking = lints;
        if (looking != null) {
            looking.look(nowNanos);
        }
        if (nowNanos < nextNanos) {
            return;
        }
        nextNanos = nowNanos + PERIOD_NANOS;
        Observer present = observer;
        if (present == null) {
            open(nowNanos);
        } else {
            each(task -> task.look(present, nowNanos));
        }
    }

    /** Loads the tasks. If a class cannot be loaded, as the process has no descriptor left, later looks try again, ever more rarely. */
    private void open(long nowNanos) {
        retryNanos *= 2;
        nextNanos = nowNanos + retryNanos;
        Observer first = Observer.of(group);
        Lints made =
                new Lints(group.loops().stream().map(loop -> (RunLoop) loop).toList());
        List<WatchTask> loaded = new ArrayList<>();
        services.forEach(loaded::add);
        tasks.addAll(loaded);
        lints = made;
        observer = first;
        nextNanos = nowNanos + PERIOD_NANOS;
        each(task -> task.opened(first));
    }

    @Override
    public void close() {
        Observer present = observer;
        if (present != null) {
            each(task -> task.closed(present));
        }
    }

    /** Calls all tasks, and then throws the failures. */
    private void each(Consumer<WatchTask> call) {
        RuntimeException failure = null;
        for (WatchTask task : tasks) {
            try {
                call.accept(task);
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
