package dev.weft.kernel;

import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** How a call is off-loaded: whether a cancelled greenlet leaves it behind, and what bounds calls of its kind. */
public record OffloadTerms(boolean abandons, @Nullable Semaphore limit) {
    /** A cancelled greenlet interrupts the call and waits until it has come back; no bound but the pool's. */
    public static final OffloadTerms DEFAULT = new OffloadTerms(false, null);
}
