package dev.weft.workers;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelClosed;
import dev.weft.sync.Event;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A pool on one loop, its home. Each task is a greenlet there, which takes a lane out of {@link #idle} and puts it back. The
 * keeper, a greenlet too, opens the lanes, and closes the carrier after the last task.
 *
 * @param <P> a task in the form in which it reaches a worker
 */
final class WorkerPool<P> implements Workers {
    static {
        Suspension.spawnsForOthers(WorkerPool.class, Workers.class, TaskResults.class, WorkersExecutor.class);
        Suspension.belongsToRuntime(WorkerPool.class);
    }

    private final Loop home = Loop.current();
    private final Carrier<P> carrier;
    private final String name;
    private final int size;
    private final Channel<Lane<P>> idle; // lanes that have a worker and no task
    private final Channel<Boolean> places; // has a value for each task that was accepted and has not ended
    private final Set<Greenlet<?>> tasks = ConcurrentHashMap.newKeySet();
    private final AtomicInteger unfinished = new AtomicInteger(); // tasks, and callers that wait for a place
    private final AtomicLong completed = new AtomicLong();
    private final Event drained;
    private final Greenlet<@Nullable Void> keeper;
    private volatile int running; // written at home
    private volatile boolean closed;
    private volatile boolean terminated;
    private @Nullable Scope starts; // of workers; confined to home

    WorkerPool(WorkersBuilder settings, Carrier<P> carrier) {
        this.carrier = carrier;
        name = settings.name;
        size = settings.size;
        idle = Channel.buffered(size);
        places = Channel.buffered(size + settings.queue);
        drained = new Event(home, "the last task of " + name);
        keeper = home.spawn(name, this::keep);
    }

    private void keep() {
        try {
            Weft.scope(Scope.Policy.SUPERVISE, scope -> {
                starts = scope;
                carrier.begin();
                for (int i = 0; i < size; i++) {
                    makeReady(carrier.open(i));
                }
                drained.await();
                scope.cancel();
            });
        } finally {
            terminate(); // if the loop closes, tasks may wait
            Weft.shield(() -> carrier.close());
        }
    }

    private void makeReady(Lane<P> lane) {
        if (lane.isReady()) {
            idle.trySend(lane);
        } else if (starts != null && !starts.isCancelled()) {
            starts.spawn(() -> {
                try {
                    lane.prepare();
                } finally {
                    idle.trySend(lane);
                }
            });
        }
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public <T extends @Nullable Object> Greenlet<T> submit(Task<T> task) {
        return start(task, null);
    }

    @Override
    public Greenlet<@Nullable Void> submit(VoidTask task) {
        return start(new WithoutResult(Objects.requireNonNull(task, "task")), null);
    }

    @Override
    public <T extends @Nullable Object> Greenlet<T> submit(Task<T> task, Duration limit) {
        return start(task, Objects.requireNonNull(limit, "limit"));
    }

    /** A task without a result, as one with a result. */
    private record WithoutResult(VoidTask task) implements Task<@Nullable Void> {
        @Override
        public @Nullable Void call() throws Exception {
            task.run();
            return null;
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // the task was a Callable<T>
    private <T extends @Nullable Object> Greenlet<T> start(Callable<T> task, @Nullable Duration limit) {
        P packed = carrier.pack(Objects.requireNonNull(task, "task"));
        takePlace();
        Greenlet<T> started;
        try {
            started = home.spawn(() -> (T) perform(packed, limit));
        } catch (Throwable t) {
            ended();
            throw t;
        }
        tasks.add(started);
        Suspension.whenEnded(started, done -> {
            tasks.remove(done);
            completed.incrementAndGet();
            places.tryReceive();
            ended();
        });
        if (terminated) {
            started.kill("the pool was terminated");
        }
        return started;
    }

    private void takePlace() {
        unfinished.incrementAndGet();
        try {
            places.send(true);
        } catch (ChannelClosed e) {
            ended();
            throw new RejectedExecutionException(this + " is closed; submit before that, or to another pool", e);
        } catch (Throwable t) {
            ended();
            throw t;
        }
    }

    private void ended() {
        if (unfinished.decrementAndGet() == 0 && closed) {
            drained.set();
        }
    }

    @SuppressWarnings("NullAway") // the result of a task may be null
    private @Nullable Object perform(P task, @Nullable Duration limit) throws Exception {
        Greenlet.current().toFuture(); // which keeps a failure for those who join later
        return limit == null ? run(task) : Weft.<@Nullable Object, Exception>withTimeout(limit, () -> run(task));
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // written only at home
    private @Nullable Object run(P task) throws Exception {
        Lane<P> lane = idle.receive();
        running++;
        try {
            return lane.run(task);
        } finally {
            running--;
            makeReady(lane);
        }
    }

    @Override
    public void shutdown() {
        closed = true;
        places.close();
        if (unfinished.get() == 0) {
            drained.set();
        }
    }

    @Override
    public void terminate() {
        terminated = true;
        shutdown();
        tasks.forEach(task -> task.kill("the pool was terminated"));
    }

    @Override
    public void kill() {
        terminate();
        carrier.kill();
    }

    @Override
    public boolean join(Duration timeout) {
        return Weft.joinAll(List.of(keeper), timeout);
    }

    @Override
    public boolean isShutdown() {
        return closed;
    }

    @Override
    public WorkersStatistics statistics() {
        int busy = running;
        return new WorkersStatistics(
                idle.size() + busy,
                busy,
                Math.max(0, tasks.size() - busy),
                completed.get(),
                carrier.died(),
                carrier.recycled());
    }

    @Override
    public String toString() {
        return name + " (" + size + " workers, " + running + " at work)";
    }
}
