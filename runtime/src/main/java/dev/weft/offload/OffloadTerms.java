package dev.weft.offload;

import org.jspecify.annotations.Nullable;

/** How a call is off-loaded: what a cancelled greenlet does about it, and what bounds calls of its kind. */
public record OffloadTerms(
        WhenCancelled whenCancelled, @Nullable OffloadLimit limit) {
    /** A cancelled greenlet interrupts the call and waits until it has come back; no bound but the pool's. */
    public static final OffloadTerms DEFAULT = new OffloadTerms(WhenCancelled.INTERRUPT_AND_WAIT, null);

    /** What becomes of a call that runs when its greenlet is cancelled; one that is still queued never runs. */
    public enum WhenCancelled {
        INTERRUPT_AND_WAIT,
        INTERRUPT_AND_LEAVE,
        WAIT
    }
}
