package dev.weft.offload;

import org.jspecify.annotations.Nullable;

/** How a call is off-loaded: what happens if its greenlet is cancelled, and the limit on calls of its kind. */
public record OffloadTerms(
        WhenCancelled whenCancelled, @Nullable OffloadLimit limit) {
    /** Cancelling interrupts the call and waits until it has returned; no limit except the pool's. */
    public static final OffloadTerms DEFAULT = new OffloadTerms(WhenCancelled.INTERRUPT_AND_WAIT, null);

    /** What happens to a running call when its greenlet is cancelled; a queued call never runs. */
    public enum WhenCancelled {
        INTERRUPT_AND_WAIT,
        INTERRUPT_AND_LEAVE,
        WAIT
    }
}
