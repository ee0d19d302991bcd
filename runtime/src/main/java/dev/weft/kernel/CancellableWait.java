package dev.weft.kernel;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.ImplicitYield;
import dev.weft.spi.Sneaky;
import dev.weft.spi.YieldMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The cancellation part of a greenlet: the scopes it is in, how a kill or a cancelled scope reaches it, and how it ends because
 * of that. Belongs to the loop's thread.
 */
public abstract class CancellableWait extends Wait {
    private @Nullable CancelScope scope; // the innermost; initially the one it was spawned into, if any
    private boolean hasFailureToThrow;
    private boolean hasStruggled; // waits were refused or interrupted by a cancellation; its KillScope has the details

    /** Returns the greenlet's name. Any thread. */
    public abstract String name();

    /** Returns whether it waits inside code that is unaware of Weft. */
    public abstract boolean isWaitingOutsideWeft();

    /** Returns whether it has ended. */
    abstract boolean isDone();

    /** Records that it is being killed. */
    abstract LoopRecorder.Span beginKill(String reason);

    /** An interrupt was sent to it. */
    abstract void interruptSent();

    /** Returns the cancellation that every wait must throw now; null if it may wait. */
    final @Nullable Cancellation cancellation() {
        CancelScope innermost = scope;
        return innermost == null ? null : innermost.effective();
    }

    /** Must be called before every wait for {@code target}. */
    public final void requireNotCancelled(Object target) {
        if (scope != null) {
            throwIfCancelled(target);
        }
    }

    /** An operation succeeded without waiting; see {@code Suspension.checkpoint}. */
    public final void checkpoint(YieldMode mode) {
        requireNotCancelled("checkpoint");
        spend(mode);
    }

    /** Sleeps for {@code nanos}. */
    public final void sleep(long nanos) {
        requireNotCancelled("sleep");
        requireMayYield("sleep");
        if (nanos == 0) {
            yieldExplicitly();
        } else {
            pause(nanos);
        }
    }

    /**
     * Slows down code that swallows the exception and waits again in a loop: from the second refusal on, other greenlets run
     * first, for increasingly long.
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

    /** Records that a wait throws {@code thrown} because of {@code cancellation}. */
    private Cancelled delivered(Cancellation cancellation, Cancelled thrown) {
        root().deliver(cancellation, thrown);
        return thrown;
    }

    /** Returns whether {@code thrown}, by its body, is how a cancellation has ended it. */
    final boolean isEndedByCancellation(Throwable thrown) {
        Cancellation cancelled = cancellation();
        return cancelled != null && (Cancellation.explains(thrown) || hasLedTo(cancelled, thrown));
    }

    /** See {@link KillScope#hasLedTo}. */
    final boolean hasLedTo(Cancellation cancellation, Throwable failure) {
        KillScope root = rootOrNull();
        return root != null && root.hasLedTo(cancellation, failure);
    }

    /** Returns the exception with which it ends in the state {@code how}: {@code thrown}, by its body, or one that explains it. */
    final Throwable explained(Throwable thrown, Greenlet.State how) {
        Cancellation cancelled = cancellation();
        Throwable told = thrown;
        if (how == Greenlet.State.FAILED && hasFailureToThrow) {
            told = reasonFor(thrown);
        } else if (how == Greenlet.State.CANCELLED && cancelled != null && !(thrown instanceof Cancelled)) {
            told = cancelled.thrown(name(), "inside code that is unaware of Weft");
        } else if (how == Greenlet.State.FAILED && cancelled != null) {
            cancelled.attach(thrown, name());
        }
        if (told != thrown) {
            told.addSuppressed(thrown);
        }
        return told;
    }

    /** Returns the pending exception thrown at it if that explains {@code thrown}; else adds it to {@code thrown}. */
    private Throwable reasonFor(Throwable thrown) {
        boolean isReason = Cancellation.isInterrupt(thrown) || hasImplicitYieldToThrow();
        Throwable pending = takeFailure();
        if (isReason) {
            return pending;
        }
        Failures.suppress(pending, thrown);
        return thrown;
    }

    private void pauseBetweenRefusals(long nanos) {
        boolean interrupted = Thread.interrupted(); // would end the pause at once
        try {
            pause(nanos);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Throws the failure, if any, that another greenlet has thrown at this one while it was not waiting. */
    final void throwFailure() {
        if (hasFailureToThrow) {
            Throwable failure = takeFailure();
            if (hasStruggled) {
                root().interruption.clearPending();
                recoverIfNotCancelled();
            }
            throw Sneaky.rethrow(failure);
        }
    }

    /** Called when the body is over. Throws an implicit yield that no wait has thrown so far. */
    final void throwImplicitYield() {
        if (hasImplicitYieldToThrow()) {
            throw Sneaky.rethrow(takeFailure());
        }
    }

    private boolean hasImplicitYieldToThrow() {
        return hasFailureToThrow && root().failure() instanceof ImplicitYield;
    }

    public final boolean hasFailureToThrow() {
        return hasFailureToThrow;
    }

    private Throwable takeFailure() {
        hasFailureToThrow = false;
        return root().takeFailure();
    }

    /** Returns whether its next wait throws, because it was cancelled or a failure was thrown at it. */
    final boolean hasToThrow() {
        return hasFailureToThrow || cancellation() != null;
    }

    /** Returns the exception for the wait for {@code target} that a cancellation has ended. */
    @Override
    final Cancelled cancelledWhile(Object target) {
        Cancellation now = Objects.requireNonNull(cancellation());
        return delivered(now, now.thrown(name(), "waiting for " + target));
    }

    /** Sets the scope that it is spawned into. Must be called before it starts. */
    final void spawnInto(CancelScope home) {
        scope = home;
    }

    /** Returns the innermost scope that it is in. */
    public final @Nullable CancelScope scope() {
        return scope;
    }

    /** Enters a new scope; {@link #leave} must follow. */
    final CancelScope enter(CancelScope.Kind kind, long timeoutNanos) {
        long deadline = timeoutNanos == CancelScope.NEVER
                ? CancelScope.NEVER
                : scheduler().deadlineAfter(timeoutNanos);
        CancelScope entered = new CancelScope(this, kind, scope, deadline);
        scope = entered;
        if (kind == CancelScope.Kind.SHIELD && hasStruggled) {
            root().interruption.clearPending();
        }
        if (timeoutNanos == 0) {
            entered.fire();
        } else if (deadline != CancelScope.NEVER) {
            scheduler().setTimerAt(entered, deadline);
        }
        return entered;
    }

    /** Enters {@code entered}; {@link #leave} must follow. */
    public final void enter(CancelScope entered) {
        scope = entered;
    }

    /**
     * Leaves {@code left}. Clears an interrupt that was sent because of it and has not been noticed.
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
            root().interruption.clearPending();
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
                return; // perhaps outside a shield: an exception from an interrupted JDK call may still be propagating
                // to it
            }
        }
        KillScope root = root();
        root.forgetRefusals();
        root.interruption.stop();
        hasStruggled = false;
    }

    /** Returns whether its thread was interrupted for a cancellation that still applies. Any thread; a snapshot. */
    public final boolean wasInterrupted() {
        KillScope root = hasStruggled ? rootOrNull() : null;
        return root != null && root.interruption.wasSent();
    }

    /** Stops interrupting it, as it has ended. */
    final void stopInterrupting() {
        if (hasStruggled) {
            root().interruption.stop();
        }
    }

    /** Returns the outermost of its own scopes; null if it has none. */
    private @Nullable CancelScope outermost() {
        CancelScope outermost = null;
        for (CancelScope next = scope; next != null && next.owner == this; next = next.parent) {
            outermost = next;
        }
        return outermost;
    }

    /** Returns whether its waits throw because it was cancelled. */
    public final boolean isCancelled() {
        return cancellation() != null;
    }

    /** Returns how long ago it was killed; -1 if it was not. Any thread; a snapshot. */
    public final long nanosSinceKill() {
        KillScope root = rootOrNull();
        long killed = root == null ? CancelScope.NEVER : root.killedNanos();
        return killed == CancelScope.NEVER ? -1 : Math.max(0, scheduler().now() - killed);
    }

    /** Returns how many waits in a row were refused, as it is cancelled and waits all the same. Any thread; a snapshot. */
    public final int refusals() {
        KillScope root = hasStruggled ? rootOrNull() : null;
        return root == null ? 0 : root.refusals();
    }

    /** Returns the time left until a deadline, or the wait's own time limit, ends its wait; -1 without one. Any thread. */
    public final long nanosUntilDeadline() {
        long deadline = Math.min(ownDeadline(), CancelScope.effectiveDeadline(scope));
        return deadline == CancelScope.NEVER ? -1 : scheduler().nanosUntil(deadline);
    }

    /** Returns the innermost scope that it was spawned into; null if there is none. Any thread; a snapshot. */
    public final @Nullable CancelScope home() {
        CancelScope next = scope;
        while (next != null && next.owner == this) {
            next = next.parent;
        }
        return next;
    }

    private @Nullable KillScope rootOrNull() {
        return outermost() instanceof KillScope known ? known : null;
    }

    /** Returns the scope around everything this greenlet does. */
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
        KillScope root = root();
        if (root.killedNanos() == CancelScope.NEVER) {
            root.recorded = beginKill(kill.reason());
        }
        root.kill(kill);
    }

    /** Records the kill, if there was one; it has ended. */
    final void killHasLanded() {
        KillScope root = scope == null ? null : rootOrNull();
        if (root != null) {
            root.recorded.finish();
        }
    }

    /** Makes the next wait throw {@code failure}, once. */
    public final void throwAtNextWait(Throwable failure) {
        root().failureToThrow(failure);
        hasFailureToThrow = true;
    }

    /**
     * {@code outer} was cancelled: cancels everything this greenlet does inside it, up to the outermost shield unless it is
     * forced. Does nothing if it has left {@code outer}.
     */
    final void cancelInside(CancelScope outer, Cancellation cancellation) {
        CancelScope exposed = scope;
        CancelScope inner = scope;
        while (inner != null && inner != outer) {
            if (inner.kind == CancelScope.Kind.SHIELD && !cancellation.isForced()) {
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

    /** The guard has cleared an interrupt sent by others, because the greenlet ignored it. */
    public final void interruptCleared() {
        root().clearedInterrupt.sendLater();
    }

    /** Slows down code that ignores an interrupt sent by others and waits again, from the second time on. */
    @Override
    final void pauseAfterInterrupt() {
        long pause = root().clearedInterrupt.nextPauseNanos();
        if (pause <= Cancellation.pauseNanos(0)) {
            yieldExplicitly();
        } else {
            pauseBetweenRefusals(pause / 2);
        }
    }

    /** Interrupts it if it waits inside code that is unaware of Weft and has something to throw. */
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
