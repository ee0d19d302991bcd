package dev.weft.workers;

import dev.weft.Cancelled;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A place for a worker process. A task that finds it dead, because it died while it was idle, waits for the next. */
final class ProcessLane implements Lane<byte[]> {
    private final ProcessCarrier carrier;
    private @Nullable WorkerProcess worker;
    private @Nullable Exception failure; // of the latest start

    ProcessLane(ProcessCarrier carrier) {
        this.carrier = carrier;
    }

    @Override
    public boolean isReady() {
        return worker != null && worker.isAlive() && !isWorn(worker);
    }

    private boolean isWorn(WorkerProcess present) {
        return present.tasks() >= carrier.settings.maxTasksPerWorker;
    }

    @Override
    public void prepare() {
        dismiss();
        try {
            worker = carrier.take();
            failure = null;
        } catch (Cancelled e) {
            throw e;
        } catch (Exception e) {
            failure = e;
        }
    }

    private void dismiss() {
        WorkerProcess present = worker;
        worker = null;
        if (present == null) {
            return;
        }
        if (!present.isAlive()) {
            carrier.countDeath();
        } else {
            carrier.countRecycled();
        }
        carrier.discard(present);
    }

    @Override
    public @Nullable Object run(byte[] task) throws Exception {
        if (!isReady() && failure == null) {
            prepare();
        }
        if (failure != null) {
            throw failure;
        }
        try {
            return Objects.requireNonNull(worker, "prepared").call(task);
        } finally {
            carrier.keepSpare();
        }
    }
}
