package dev.weft.kernel;

import org.jspecify.annotations.Nullable;

/** A thread of an off-load pool. Its class is how code asks for whom it runs. */
final class OffloadThread extends OwnThread {
    @Nullable OffloadedCall<?> call; // the innermost that it runs now; this thread's alone

    OffloadThread(Runnable worker, String name) {
        super(name, worker);
    }

    /** The off-loaded call that is running on the caller's thread; null elsewhere. */
    static @Nullable OffloadedCall<?> currentCallOrNull() {
        return Thread.currentThread() instanceof OffloadThread thread ? thread.call : null;
    }
}
