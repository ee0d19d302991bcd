package dev.weft.kernel;

import dev.weft.scheduler.Timer;
import org.jspecify.annotations.Nullable;

/**
 * A stretch of a greenlet's code that can be cancelled as a whole, with all that is inside it: further scopes, and the
 * greenlets spawned into them. After trio's cancel scopes. Belongs to the loop's thread.
 *
 * <p>The scopes of a greenlet form a chain from the innermost outwards, which goes on into the scope that the greenlet was
 * spawned into. Each knows what waits inside it have to throw, so a wait looks at the innermost alone; a cancellation
 * walks inwards once and leaves word in every scope, up to the shields.
 */
public class CancelScope extends Timer {
    /** {@link #deadlineNanos} of a scope without one. */
    public static final long NEVER = Long.MAX_VALUE;

    /** What a scope is there for. */
    enum Kind {
        KILL, // around all that a greenlet does; made when it is killed
        DEADLINE,
        SHIELD, // hides the cancellation of the scopes around it
        CHILDREN
    }

    public final CancellableWait owner;
    final Kind kind;

    /** The next one outwards. */
    public @Nullable CancelScope parent;

    private final long deadlineNanos;
    private @Nullable Cancellation own;
    private @Nullable Cancellation effective; // of this scope or of one around it: what waits inside throw

    CancelScope(CancellableWait owner, Kind kind, @Nullable CancelScope parent, long deadlineNanos) {
        this.owner = owner;
        this.kind = kind;
        this.parent = parent;
        this.deadlineNanos = deadlineNanos;
        effective = parent == null || kind == Kind.SHIELD ? null : parent.effective;
    }

    /** What a wait inside must throw; null if it may wait. */
    final @Nullable Cancellation effective() {
        return effective;
    }

    /** Cancels all inside. Of several cancellations the first counts; one from further outside takes its place. */
    public final void cancel(Cancellation cancellation) {
        if (own == null) {
            own = cancellation;
            if (effective == null) {
                owner.cancelInside(this, cancellation);
            }
        }
    }

    public final boolean isCancelled() {
        return effective != null;
    }

    /** Waits inside this scope are to throw {@code cancellation} from now on. */
    void expose(Cancellation cancellation) {
        effective = cancellation;
    }

    /**
     * Whether {@code failure} came out of a wait because this very scope was cancelled; to be asked before it is left. An
     * interrupt does not tell for whom it is: it counts for the outermost scope that was cancelled. So does any exception
     * that is thrown once a wait has thrown, or an interrupt was sent; but not one that was thrown before, which has got
     * the cancellation as a suppressed one since.
     */
    final boolean hasCaused(Throwable failure) {
        Cancellation cancelled = own;
        return cancelled != null
                && (isSourceOf(failure) || (cancelled == effective && owner.hasLedTo(cancelled, failure)));
    }

    /** As {@link #hasCaused}, but only if {@code failure} itself goes back to the cancellation. */
    final boolean isSourceOf(Throwable failure) {
        Cancellation cancelled = own;
        return cancelled != null
                && (cancelled.hasCaused(failure)
                        || (cancelled == effective && Cancellation.isInterrupt(failure) && owner.wasInterrupted()));
    }

    /** Why this very scope was cancelled; null if it was not. */
    final @Nullable Cancellation own() {
        return own;
    }

    /** {@code child}, spawned into this scope, has ended. Returns whether the scope sees to its failure, if it has failed. */
    boolean childEnded(CancellableWait child) {
        return false;
    }

    /** Its time is over. */
    @Override
    protected final void fire() {
        cancel(new Cancellation("its time is over"));
    }

    /** How its opener called it. */
    @Override
    public String toString() {
        return switch (kind) {
            case KILL -> "a greenlet";
            case DEADLINE -> "a deadline";
            case SHIELD -> "a shield";
            case CHILDREN -> "a scope";
        };
    }

    /** When the next of this scope and those around it, up to a shield, will be over. */
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
