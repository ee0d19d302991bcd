package dev.weft.kernel;

import dev.weft.scheduler.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A section of a greenlet's code that can be cancelled as a whole, with everything inside it: nested scopes, and greenlets
 * spawned into them. Modelled on trio's cancel scopes. Belongs to the loop's thread.
 *
 * <p>The scopes of a greenlet form a chain from the innermost outwards, which continues in the scope that the greenlet was
 * spawned into. Each scope knows the cancellation that applies to waits inside it, so a wait checks only the innermost; a
 * cancellation is propagated inwards once, to every scope up to the shields.
 */
public class CancelScope extends Timer {
    /** The {@link #deadlineNanos} of a scope without a deadline. */
    public static final long NEVER = Long.MAX_VALUE;

    /** The purpose of a scope. */
    public enum Kind {
        KILL, // around everything a greenlet does; created when it is killed
        DEADLINE,
        SHIELD, // hides the cancellation of enclosing scopes
        CHILDREN
    }

    public final CancellableWait owner;
    public final Kind kind;

    /** The next scope outwards. */
    public @Nullable CancelScope parent;

    private final long deadlineNanos;
    private @Nullable Cancellation own;
    private @Nullable Cancellation effective; // of this or an enclosing scope; thrown by waits inside

    CancelScope(CancellableWait owner, Kind kind, @Nullable CancelScope parent, long deadlineNanos) {
        this.owner = owner;
        this.kind = kind;
        this.parent = parent;
        this.deadlineNanos = deadlineNanos;
        effective = parent == null ? null : parent.effectiveInside(kind);
    }

    private @Nullable Cancellation effectiveInside(Kind inner) {
        Cancellation now = effective;
        return now != null && inner == Kind.SHIELD && !now.isForced() ? null : now;
    }

    /** Returns the cancellation that a wait inside must throw; null if it may wait. */
    final @Nullable Cancellation effective() {
        return effective;
    }

    /**
     * Cancels everything inside. Only the first cancellation counts, but an enclosing scope's overrides it, and so does a forced
     * one.
     */
    public final void cancel(Cancellation cancellation) {
        if (cancellation.overrides(own)) {
            own = cancellation;
            if (cancellation.overrides(effective)) {
                owner.cancelInside(this, cancellation);
            }
        }
    }

    /** Returns its deadline; {@link #NEVER} without one. Any thread. */
    public final long deadlineNanos() {
        return deadlineNanos;
    }

    public final boolean isCancelled() {
        return effective != null;
    }

    /** Makes waits inside this scope throw {@code cancellation}. */
    void expose(Cancellation cancellation) {
        effective = cancellation;
    }

    /**
     * Returns whether {@code failure} resulted from the cancellation of this very scope. Must be called before it is left. An
     * interrupt does not tell which scope it is for: it is attributed to the outermost cancelled one. Any exception thrown after
     * a wait threw, or after an interrupt was sent, counts as well; but not one that was thrown earlier and to which the
     * cancellation has since been added as suppressed.
     */
    final boolean hasCaused(Throwable failure) {
        Cancellation cancelled = own;
        return cancelled != null
                && (isSourceOf(failure) || (cancelled == effective && owner.hasLedTo(cancelled, failure)));
    }

    /** As {@link #hasCaused}, but only if the cancellation is a cause of {@code failure} itself. */
    final boolean isSourceOf(Throwable failure) {
        Cancellation cancelled = own;
        return cancelled != null
                && (cancelled.hasCaused(failure)
                        || (cancelled == effective && Cancellation.isInterrupt(failure) && owner.wasInterrupted()));
    }

    /** Returns the cancellation of this very scope; null if it was not cancelled. */
    final @Nullable Cancellation own() {
        return own;
    }

    /** {@code child}, spawned into this scope, has ended. Returns whether the scope handles its failure, if it has failed. */
    boolean childEnded(CancellableWait child) {
        return false;
    }

    /** The deadline has expired. */
    @Override
    protected final void fire() {
        cancel(new Cancellation("its deadline expired"));
    }

    /** Names the scope as the user who opened it would. */
    @Override
    public String toString() {
        return switch (kind) {
            case KILL -> "a greenlet";
            case DEADLINE -> "a deadline";
            case SHIELD -> "a shield";
            case CHILDREN -> "a scope";
        };
    }

    /** Returns the earliest deadline of this scope and the enclosing ones, up to a shield. */
    public static long effectiveDeadline(@Nullable CancelScope innermost) {
        long earliest = NEVER;
        for (CancelScope scope = innermost; scope != null; scope = scope.parent) {
            earliest = Math.min(earliest, scope.deadlineNanos);
            if (scope.kind == Kind.SHIELD) {
                break;
            }
        }
        return earliest;
    }
}
