package dev.weft.offload;

import dev.weft.spi.RuntimeThread;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A thread of an off-load pool. Its class lets code find the call that it runs for. */
final class OffloadThread extends RuntimeThread {
    volatile @Nullable OffloadedCall<?> call; // the innermost one that it runs; written by this thread

    private final Set<OffloadThread> running;
    private @Nullable Throwable reported; // of a task that ended this thread

    /** Creates a thread that is a member of {@code running} while it runs. */
    OffloadThread(Runnable worker, String name, Set<OffloadThread> running) {
        super(name, worker);
        this.running = running;
        setUncaughtExceptionHandler((thread, failure) -> {
            if (failure != reported) {
                reportEnd(thread, failure);
            }
        });
    }

    /** Reports that {@code failure} of a task ends this thread. */
    void reportEndOfThis(Throwable failure) {
        reported = failure;
        reportEnd(this, failure);
    }

    @Override
    public void run() {
        running.add(this);
        try {
            super.run();
        } finally {
            running.remove(this);
        }
    }

    /** Returns the off-loaded call that is running on the caller's thread; null elsewhere. */
    static @Nullable OffloadedCall<?> currentCallOrNull() {
        return Thread.currentThread() instanceof OffloadThread thread ? thread.call : null;
    }
}
