package dev.weft.kernel;

import dev.weft.Cancelled;
import dev.weft.ImplicitYield;
import dev.weft.spi.Sneaky;
import dev.weft.spi.YieldMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The part of a greenlet's record that can be cancelled: the scopes that it is in, and how a kill, or a cancelled scope,
 * reaches it. Belongs to the loop's thread.
 */
public abstract class CancellableWait extends Wait {
    private @Nullable CancelScope scope; // the innermost; at first the one that it was spawned into, if any
    private boolean hasFailureToThrow;
    private boolean hasStruggled; // waits were refused or interrupted as it was cancelled; its KillScope knows more

    /** How the greenlet is called. Any thread. */
    public abstract String name();

    /** Whether it waits inside code that knows nothing of Weft. */
    public abstract boolean isWaitingOutsideWeft();

    /** Whether it has ended. */
    abstract boolean isDone();

    /** An interrupt was sent to it. */
    abstract void interruptSent();

    /** What every wait must throw now; null if it may wait. */
    final @Nullable Cancellation cancellation() {
        CancelScope innermost = scope;
        return innermost == null ? null : innermost.effective();
    }

    /** To be called before every wait for {@code target}. */
    public final void requireNotCancelled(Object target) {
        if (scope != null) {
            throwIfCancelled(target);
        }
    }

    /** An operation succeeded without a wait; see {@code Suspension.checkpoint}. */
    public final void checkpoint(YieldMode mode) {
        requireNotCancelled("checkpoint");
        spend(mode);
    }

    /**
     * Code that swallows the exception and waits again, in a loop, is slowed down: from the second time on others run first,
     * for ever longer.
     */
    private void throwIfCancelled(Object target) {
        throwFailure();
        if (cancellation() == null) {
            return;
        }
        hasStruggled = true;
        int refusals = root().countRefusal();
        if (refusals > 0 && mayYield()) {
            pauseBetweenRefusals(Cancellation.pauseNanos(refusals - 1));
        }
        Cancellation now = cancellation();
        if (now != null) {
            throw delivered(now, now.thrown(name(), "before it could wait for " + target));
        }
    }

    /** A wait throws {@code thrown}, because of {@code cancellation}. */
    private Cancelled delivered(Cancellation cancellation, Cancelled thrown) {
        root().deliver(cancellation, thrown);
        return thrown;
    }

    /** See {@link KillScope#hasLedTo}. */
    final boolean hasLedTo(Cancellation cancellation, Throwable failure) {
        KillScope root = rootOrNull();
        return root != null && root.hasLedTo(cancellation, failure);
    }

    private void pauseBetweenRefusals(long nanos) {
        boolean interrupted = Thread.interrupted(); // it would end the pause at once
        try {
            pause(nanos);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Throws what another greenlet has thrown at this one while it did not wait, if anything. */
    final void throwFailure() {
        if (hasFailureToThrow) {
            Throwable failure = takeFailure();
            if (hasStruggled) {
                root().interruption.takeBack();
                recoverIfNotCancelled();
            }
            throw Sneaky.rethrow(failure);
        }
    }

    /** The body is over. An implicit yield that no later wait has thrown is thrown now. */
    final void throwImplicitYield() {
        if (hasImplicitYieldToThrow()) {
            throw Sneaky.rethrow(takeFailure());
        }
    }

    final boolean hasImplicitYieldToThrow() {
        return hasFailureToThrow && root().failure() instanceof ImplicitYield;
    }

    public final boolean hasFailureToThrow() {
        return hasFailureToThrow;
    }

    final Throwable takeFailure() {
        hasFailureToThrow = false;
        return root().takeFailure();
    }

    /** Whether its next wait throws, as it was cancelled or a failure was thrown at it. */
    final boolean hasToThrow() {
        return hasFailureToThrow || cancellation() != null;
    }

    /** The exception for the wait for {@code target} that a cancellation has ended. */
    @Override
    final Cancelled cancelledWhile(Object target) {
        Cancellation now = Objects.requireNonNull(cancellation());
        return delivered(now, now.thrown(name(), "waiting for " + target));
    }

    /** The scope that it was spawned into; set before it starts. */
    final void spawnInto(CancelScope home) {
        scope = home;
    }

    /** The innermost scope that it is in. */
    public final @Nullable CancelScope scope() {
        return scope;
    }

    /** Goes into a new scope; {@link #leave} must follow. */
    final CancelScope enter(CancelScope.Kind kind, long timeoutNanos) {
        long deadline = timeoutNanos == CancelScope.NEVER
                ? CancelScope.NEVER
                : scheduler().deadlineAfter(timeoutNanos);
        CancelScope entered = new CancelScope(this, kind, scope, deadline);
        scope = entered;
        if (kind == CancelScope.Kind.SHIELD && hasStruggled) {
            root().interruption.takeBack();
        }
        if (timeoutNanos == 0) {
            entered.fire();
        } else if (deadline != CancelScope.NEVER) {
            scheduler().setTimerAt(entered, deadline);
        }
        return entered;
    }

    /** Goes into {@code entered}; {@link #leave} must follow. */
    public final void enter(CancelScope entered) {
        scope = entered;
    }

    /**
     * Leaves {@code left}. If interrupts were sent because of it and one has not landed, it is taken back.
     *
     * @throws IllegalStateException if it is not the innermost one
     */
    public final void leave(CancelScope left) {
        scheduler().cancelTimer(left);
        CancelScope innermost = scope;
        CancelScope found = innermost;
        while (found != null && found != left && found.owner == this) {
            found = found.parent;
        }
        if (found == left) {
            scope = left.parent;
        }
        if (hasStruggled && cancellation() == null) {
            root().interruption.takeBack();
            recoverIfNotCancelled();
        }
        if (innermost != left) {
            throw new IllegalStateException("scopes of greenlet " + name() + " were not left in the order in which they"
                    + " were entered; do not let a generator yield out of a scope, or hand one to other code");
        }
    }

    private void recoverIfNotCancelled() {
        for (CancelScope next = scope; next != null; next = next.parent) {
            if (next.isCancelled()) {
                return; // perhaps around a shield: what an interrupt made JDK code throw may still be on its way there
            }
        }
        KillScope root = root();
        root.forgetRefusals();
        root.interruption.stop();
        hasStruggled = false;
    }

    /** Whether its thread was interrupted because of a cancellation that is not over. Any thread, which sees a snapshot. */
    public final boolean wasInterrupted() {
        KillScope root = hasStruggled ? rootOrNull() : null;
        return root != null && root.interruption.wasSent();
    }

    /** It has ended, and need not be reached any more. */
    final void stopInterrupting() {
        if (hasStruggled) {
            root().interruption.stop();
        }
    }

    /** The outermost of its own scopes; null if it has none. */
    private @Nullable CancelScope outermost() {
        CancelScope outermost = null;
        for (CancelScope next = scope; next != null && next.owner == this; next = next.parent) {
            outermost = next;
        }
        return outermost;
    }

    private @Nullable KillScope rootOrNull() {
        return outermost() instanceof KillScope known ? known : null;
    }

    /** The scope around all that this greenlet does. */
    private KillScope root() {
        CancelScope outermost = outermost();
        if (outermost instanceof KillScope known) {
            return known;
        }
        KillScope root = new KillScope(this, outermost == null ? scope : outermost.parent);
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
    public final void throwAtNextWait(Throwable failure) {
        root().failureToThrow(failure);
        hasFailureToThrow = true;
    }

    /**
     * {@code outer} was cancelled: so is all that this greenlet is doing inside it, up to the outermost shield. Nothing
     * happens if it has left {@code outer}.
     */
    final void cancelInside(CancelScope outer, Cancellation cancellation) {
        CancelScope exposed = scope;
        CancelScope inner = scope;
        while (inner != null && inner != outer) {
            if (inner.kind == CancelScope.Kind.SHIELD) {
                exposed = inner.parent;
            }
            inner = inner.parent;
        }
        if (inner == null) {
            return;
        }
        boolean shielded = exposed != scope;
        for (inner = exposed; inner != null && inner.owner == this; inner = inner.parent) {
            inner.expose(cancellation);
            if (inner == outer) {
                break;
            }
        }
        if (shielded) {
            return;
        }
        if (isPending()) {
            abort(CANCELLED);
        } else {
            reachOutside();
        }
    }

    /** The guard has taken an interrupt of its thread back that others have sent, as it was ignored. */
    public final void interruptTakenBack() {
        root().takenInterrupt.sendLater();
    }

    /** What ends a wait by an interrupt that was sent by others: code that ignores it is slowed down from the second time on. */
    @Override
    final void pauseAfterInterrupt() {
        long pause = root().takenInterrupt.nextPauseNanos();
        if (pause <= Cancellation.pauseNanos(0)) {
            yieldAnnounced();
        } else {
            pauseBetweenRefusals(pause / 2);
        }
    }

    /** If it waits inside code that knows nothing of Weft and has something to throw, it is interrupted. */
    final void reachOutside() {
        if (scope != null && hasToThrow() && isWaitingOutsideWeft()) {
            hasStruggled = true;
            KillScope root = root();
            Cancellation now = cancellation();
            if (now != null) {
                root.deliverByInterrupt(now);
            }
            root.interruption.send();
        }
    }
}
