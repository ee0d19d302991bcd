package dev.weft.kernel;

import dev.weft.Cancelled;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of a greenlet's record that can be cancelled: the scopes that it is in, and how a kill, or a cancelled scope,
 * reaches it. Belongs to the loop's thread.
 */
abstract class Cancellable extends Wait {
    private @Nullable CancelScope scope; // the innermost; at first the one that it was spawned into, if any
    private byte refusals; // waits in a row that were refused, as it was cancelled
    private boolean hasFailureToThrow;

    abstract String name();

    /** Whether it waits inside code that knows nothing of Weft. */
    abstract boolean isWaitingOutsideWeft();

    // ---- the greenlet's side
    // -----------------------------------------------------------------------------------------

    /** What every wait must throw now; null if it may wait. */
    @Override
    final @Nullable Cancellation cancellation() {
        CancelScope innermost = scope;
        return innermost == null ? null : innermost.effective();
    }

    /** To be called before every wait for {@code target}. */
    final void requireNotCancelled(Object target) {
        if (scope != null) {
            throwIfCancelled(target);
        }
    }

    /**
     * Code that swallows the exception and waits again, in a loop, is slowed down: from the second time on others run first,
     * for ever longer.
     */
    private void throwIfCancelled(Object target) {
        if (hasFailureToThrow) {
            hasFailureToThrow = false;
            throw Sneaky.rethrow(root().takeFailure());
        }
        if (cancellation() == null) {
            return;
        }
        if (refusals > 0 && loop().atomic() == null) {
            boolean interrupted = Thread.interrupted(); // it would end the pause at once
            pause(Cancellation.pauseNanos(refusals - 1));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        Cancellation now = cancellation();
        if (now != null) {
            refusals = (byte) Math.min(refusals + 1, Byte.MAX_VALUE);
            throw now.thrown(name(), "before it could wait for " + target);
        }
    }

    /** The exception for the wait for {@code target} that a cancellation has ended. */
    @Override
    final Cancelled cancelledWhile(Object target) {
        return Objects.requireNonNull(cancellation()).thrown(name(), "waiting for " + target);
    }

    /** The scope that it was spawned into; set before it starts. */
    final void spawnInto(CancelScope home) {
        scope = home;
    }

    /** The innermost scope that it is in. */
    final @Nullable CancelScope scope() {
        return scope;
    }

    /** Goes into a new scope; {@link #leave} must follow. */
    final CancelScope enter(CancelScope.Kind kind, long timeoutNanos) {
        RunLoop loop = loop();
        long deadline = timeoutNanos == CancelScope.NEVER ? CancelScope.NEVER : loop.deadlineAfter(timeoutNanos);
        CancelScope entered = new CancelScope(this, kind, scope, deadline);
        scope = entered;
        if (timeoutNanos == 0) {
            entered.fire();
        } else if (deadline != CancelScope.NEVER) {
            loop.setTimerAt(entered, deadline);
        }
        return entered;
    }

    /** Goes into {@code entered}, which is for children. */
    final void enter(Nursery entered) {
        scope = entered;
    }

    /**
     * Leaves {@code left}. If interrupts were sent because of it and one has not landed, it is taken back.
     *
     * @throws IllegalStateException if it is not the innermost one
     */
    final void leave(CancelScope left) {
        loop().cancelTimer(left);
        CancelScope innermost = scope;
        CancelScope found = innermost;
        while (found != null && found != left && found.owner == this) {
            found = found.parent;
        }
        if (found == left) {
            scope = left.parent;
        }
        if (cancellation() == null) {
            refusals = 0;
            Cancellation over = left.own();
            if (over != null && over.interrupts()) {
                Thread.interrupted();
            }
        }
        if (innermost != left) {
            throw new IllegalStateException("scopes of greenlet " + name() + " were not left in the order in which they"
                    + " were entered; do not let a generator yield out of a scope, or hand one to other code");
        }
    }

    // ---- the side of those who cancel
    // --------------------------------------------------------------------------------

    /** The scope around all that this greenlet does. */
    private KillScope root() {
        CancelScope outermost = null;
        CancelScope next = scope;
        while (next != null && next.owner == this) {
            outermost = next;
            next = next.parent;
        }
        if (outermost instanceof KillScope known) {
            return known;
        }
        KillScope root = new KillScope(this, next);
        if (outermost == null) {
            scope = root;
        } else {
            outermost.parent = root;
        }
        return root;
    }

    final void cancelAll(Cancellation kill) {
        root().cancel(kill);
    }

    /** The next wait throws {@code failure}, once. */
    final void throwAtNextWait(Throwable failure) {
        root().failureToThrow(failure);
        hasFailureToThrow = true;
    }

    /** {@code outer}, which this greenlet is in, was cancelled: so is all that it is doing, up to the outermost shield. */
    final void cancelInside(CancelScope outer, Cancellation cancellation) {
        CancelScope exposed = scope;
        boolean shielded = false;
        for (CancelScope inner = scope; inner != null && inner != outer; inner = inner.parent) {
            if (inner.kind == CancelScope.Kind.SHIELD) {
                shielded = true;
                exposed = inner.parent;
            }
        }
        for (CancelScope inner = exposed; inner != null && inner.owner == this; inner = inner.parent) {
            inner.expose(cancellation);
            if (inner == outer) {
                break;
            }
        }
        if (!shielded) {
            if (isPending()) {
                abort(CANCELLED);
            } else if (isWaitingOutsideWeft()) {
                cancellation.interruptUntilItLands(this);
            }
        }
    }

    /** The scope of a kill, and of a failure that another greenlet has thrown at this one. */
    private static final class KillScope extends CancelScope {
        private @Nullable Throwable failure;

        KillScope(Cancellable owner, @Nullable CancelScope home) {
            super(owner, Kind.KILL, home, NEVER);
        }

        void failureToThrow(Throwable thrown) {
            if (failure == null) {
                failure = thrown;
            } else if (failure != thrown) {
                failure.addSuppressed(thrown);
            }
        }

        Throwable takeFailure() {
            Throwable taken = Objects.requireNonNull(failure);
            failure = null;
            return taken;
        }
    }
}
