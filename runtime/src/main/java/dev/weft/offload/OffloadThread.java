package dev.weft.offload;

import dev.weft.spi.RuntimeThread;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A thread of an off-load pool. Its class is how code asks for whom it runs. */
final class OffloadThread extends RuntimeThread {
    volatile @Nullable OffloadedCall<?> call; // the innermost that it runs now; written by this thread

    private final Set<OffloadThread> running;

    /** One that is in {@code running} while it runs. */
    OffloadThread(Runnable worker, String name, Set<OffloadThread> running) {
        super(name, worker);
        this.running = running;
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

    /** The off-loaded call that is running on the caller's thread; null elsewhere. */
    static @Nullable OffloadedCall<?> currentCallOrNull() {
        return Thread.currentThread() instanceof OffloadThread thread ? thread.call : null;
    }
}
