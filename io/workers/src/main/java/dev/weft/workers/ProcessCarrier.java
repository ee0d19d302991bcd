package dev.weft.workers;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.serial.Serializer;
import dev.weft.shared.OwnerServer;
import dev.weft.workers.internal.SocketDirectory;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Workers that are processes, and a spare one, which replaces the next that ends. */
final class ProcessCarrier implements Carrier<byte[]> {
    final WorkersBuilder settings;
    final OwnerServer owners;
    final Serializer serializer;
    private final Loop home = Loop.current();
    private final byte[] setup;
    private final Set<WorkerProcess> live = ConcurrentHashMap.newKeySet();
    private final AtomicLong died = new AtomicLong();
    private final AtomicLong recycled = new AtomicLong();
    private @Nullable Greenlet<WorkerProcess> spare;
    private volatile @Nullable WorkerCommand command;
    private volatile boolean closed;

    ProcessCarrier(WorkersBuilder settings) {
        this.settings = settings;
        WorkerSetup told = new WorkerSetup(
                settings.onGreenlets,
                List.copyOf(settings.allowed),
                List.copyOf(settings.allowedPackages),
                new byte[0]);
        owners = new OwnerServer(told.serializer());
        serializer = owners.serializer();
        setup = told.with(settings.initializer == null ? new byte[0] : serializer.write(settings.initializer))
                .encode();
    }

    @Override
    public void begin() {
        Weft.offload(SocketDirectory::removeStale);
    }

    @Override
    public byte[] pack(Callable<?> task) {
        return serializer.write(task);
    }

    @Override
    public Lane<byte[]> open(int number) {
        return new ProcessLane(this);
    }

    /** Returns how to start a worker. Blocks the first time. Any thread. */
    WorkerCommand command() {
        WorkerCommand known = command;
        if (known == null) {
            known = WorkerCommand.of(settings);
            command = known;
        }
        return known;
    }

    /** Returns the spare worker, or starts one. */
    WorkerProcess take() throws IOException {
        Greenlet<WorkerProcess> present = spare;
        spare = null;
        if (present != null) {
            WorkerProcess worker = join(present);
            if (worker.isAlive()) {
                return worker;
            }
            discard(worker);
        }
        return start();
    }

    private WorkerProcess join(Greenlet<WorkerProcess> starting) {
        try {
            return starting.join();
        } catch (Cancelled e) {
            starting.onEnd(ended -> {
                if (ended.outcome() instanceof Outcome.Returned<WorkerProcess> returned) {
                    discard(returned.value());
                }
            });
            throw e;
        }
    }

    private WorkerProcess start() throws IOException {
        WorkerProcess worker = WorkerProcess.start(this, setup);
        live.add(worker);
        if (closed) {
            worker.kill();
        }
        return worker;
    }

    /** Starts the spare worker if there is none. Never waits. */
    void keepSpare() {
        if (spare != null || closed) {
            return;
        }
        try {
            Greenlet<WorkerProcess> starting = home.spawn(settings.name + " spare", this::start);
            starting.toFuture(); // which keeps a failure for the task that needs the worker
            spare = starting;
        } catch (RejectedExecutionException e) {
            closed = true; // the loop closes, and the pool with it
        }
    }

    /** Ends {@code worker}, which is not needed any more, in the background. */
    void discard(WorkerProcess worker) {
        home.spawn(() -> end(worker));
    }

    private void end(WorkerProcess worker) {
        worker.close();
        live.remove(worker);
    }

    void countDeath() {
        died.incrementAndGet();
    }

    void countRecycled() {
        recycled.incrementAndGet();
    }

    @Override
    public void kill() {
        closed = true;
        live.forEach(WorkerProcess::kill);
    }

    /** Ends all at once and then waits, one by one, because nothing can be spawned on a loop that closes. */
    @Override
    public void close() {
        closed = true;
        if (spare != null) {
            spare.killAndJoin(Calls.FOREVER);
        }
        List<WorkerProcess> last = List.copyOf(live);
        last.forEach(WorkerProcess::beginEnd);
        last.forEach(this::end);
    }

    @Override
    public long died() {
        return died.get();
    }

    @Override
    public long recycled() {
        return recycled.get();
    }
}
