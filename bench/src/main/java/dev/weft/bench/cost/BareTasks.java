package dev.weft.bench.cost;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads whose scheduler is an {@link ArrayDeque} drained by the calling thread: no inbox, no timers, no fairness, no
 * names, no bookkeeping. Tasks can only wake each other, on the same thread.
 */
final class BareTasks extends ThreadTasks {
    private static final MethodHandle NEW_THREAD = newThread();
    private static final ArrayDeque<Runnable> QUEUE = new ArrayDeque<>(); // a fork of JMH measures with one thread

    BareTasks() {
        super(body -> create(QUEUE::add, body));
    }

    @Override
    void run(Runnable body) {
        Thread main = spawn(body);
        Runnable next = QUEUE.poll();
        while (next != null) {
            next.run();
            next = QUEUE.poll();
        }
        if (main.isAlive()) {
            throw new IllegalStateException("deadlock: a bare task waits, but no task is left to wake it");
        }
    }

    private static Thread create(Executor scheduler, Runnable body) {
        try {
            return (Thread) NEW_THREAD.invokeExact(scheduler, (@Nullable String) null, 0, body);
        } catch (Throwable t) {
            throw new IllegalStateException("cannot create a virtual thread", t);
        }
    }

    private static MethodHandle newThread() {
        try {
            Class<?> builders = Class.forName("java.lang.ThreadBuilders");
            return MethodHandles.privateLookupIn(builders, MethodHandles.lookup())
                    .findStatic(
                            builders,
                            "newVirtualThread",
                            MethodType.methodType(
                                    Thread.class, Executor.class, String.class, int.class, Runnable.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("run this with --add-opens java.base/java.lang=ALL-UNNAMED", e);
        }
    }
}
