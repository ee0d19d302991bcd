package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.jdk.VirtualThreads;
import dev.weft.scheduler.Scheduler;
import dev.weft.scheduler.Timer;
import dev.weft.spi.Owners;
import dev.weft.spi.Sneaky;
import dev.weft.spi.Waiter;
import dev.weft.spi.YieldMode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The waiting part of a greenlet. It is itself the waiter that the greenlet passes to whatever it waits for, one wait after
 * another, so waiting does not allocate. Belongs to the loop's thread.
 *
 * <pre>
 * IDLE    -> PENDING      subscribe begins
 * PENDING -> VALUE        the target succeeded
 * PENDING -> FAILURE      the target failed
 * PENDING -> TIMEOUT      the time limit elapsed; unsubscribed
 * PENDING -> CANCELLED    the greenlet was killed; unsubscribed
 * PENDING -> INTERRUPTED  its thread was interrupted; unsubscribed
 * (any of the last five) -> IDLE   the greenlet has taken the outcome
 * </pre>
 */
public abstract class Wait extends Waiter<@Nullable Object> {
    private static final byte BUDGET = 127; // fits a byte; the 128th success makes it negative

    // The state of the wait; see the table above. Bytes rather than an enum save eight bytes per greenlet.
    static final byte IDLE = 0;
    static final byte PENDING = 1;
    static final byte VALUE = 2;
    static final byte FAILURE = 3;
    static final byte TIMEOUT = 4;
    static final byte CANCELLED = 5;
    static final byte INTERRUPTED = 6;

    // How the code yields the loop.
    private static final byte UNSPECIFIED = 0; // in a Weft wait, or else inside code that is unaware of Weft
    private static final byte EXPLICIT_OUTSIDE = 1; // by a call of Weft's, but outside a Weft wait
    private static final byte IMPLICIT = 2; // in a Weft wait, by a call that does not look as if it waits

    private byte signal = IDLE;
    private byte yieldKind = UNSPECIFIED;
    private boolean parked;
    private byte budget = BUDGET;
    private int waitingSince; // the tick in which it last began to wait, in whatever way; read by any thread
    private @Nullable Object outcome;
    private @Nullable Awaitable<?> target;
    private @Nullable WaitTimer timer;

    abstract Scheduler scheduler();

    /** Returns the greenlet's thread. Any thread. */
    public abstract Thread thread();

    /** Returns the rules for waits here; null if there are none. */
    abstract @Nullable WaitRules rules();

    /** Called when the stack is pinned: serves the loop until the wait is over. */
    abstract void waitPinned();

    /** Records that a wait for {@code target} did not end in time. */
    abstract void deadlineExceeded(Object target, Duration timeout);

    /** Makes the parked greenlet run again, as its wait is over. */
    abstract void wake();

    /** Returns the exception for a wait for {@code target} that was ended because the greenlet was cancelled. */
    abstract Cancelled cancelledWhile(Object target);

    /** Lets other greenlets run, the longer the more waits in a row were ended by an interrupt. */
    abstract void pauseAfterInterrupt();

    /** Ends a wait whose time limit has elapsed: a failure for all targets except a sleep, which is complete. */
    private final class WaitTimer extends Timer {
        @Override
        protected void fire() {
            if (!isPending()) {
                return; // it ended in the same turn, and has not run yet
            }
            if (target == Sleep.TARGET) {
                complete(VALUE, null);
            } else {
                abort(TIMEOUT);
            }
        }
    }

    /** The target of a sleeping greenlet, which waits only for its timer. */
    private static final class Sleep implements Awaitable<@Nullable Object> {
        static final Sleep TARGET = new Sleep();

        @Override
        public void subscribe(Waiter<? super @Nullable Object> waiter) {}

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Object> waiter) {
            return true;
        }

        @Override
        public Owners owners() {
            return Owners.outside(Owners.Kind.SLEEP, this);
        }

        @Override
        public String toString() {
            return "sleep";
        }
    }

    /** Waits for {@code newTarget}; without limit if {@code timeout} is null. */
    public final @Nullable Object suspend(Awaitable<?> newTarget, @Nullable Duration timeout, YieldMode mode) {
        if (mode == YieldMode.EXPLICIT) {
            return suspend(newTarget, timeout);
        }
        yieldKind = IMPLICIT;
        try {
            return suspend(newTarget, timeout);
        } finally {
            yieldKind = UNSPECIFIED;
        }
    }

    /** As above, for an explicit wait. */
    public final @Nullable Object suspend(Awaitable<?> newTarget, @Nullable Duration timeout) {
        begin(newTarget);
        if (signal != PENDING) {
            spend(mode());
            return conclude(timeout);
        }
        requireAllowed();
        if (timeout == null) {
            park();
        } else {
            park(Blocking.nanos(timeout));
        }
        return conclude(timeout);
    }

    private YieldMode mode() {
        return yieldKind == IMPLICIT ? YieldMode.IMPLICIT : YieldMode.EXPLICIT;
    }

    /** Withdraws the pending wait and throws if the rules refuse it. Separate, so that its locals are not in parked stacks. */
    private void requireAllowed() {
        WaitRules present = rules();
        if (present == null) {
            return;
        }
        RuntimeException refusal = present.refusal(Objects.requireNonNull(target), mode());
        if (refusal != null && withdraw()) {
            clear();
            throw refusal;
        }
    }

    /** Throws if yielding is not allowed here. */
    public final void requireMayYield(Object newTarget) {
        WaitRules present = rules();
        RuntimeException refusal = present == null ? null : present.refusal(newTarget, YieldMode.EXPLICIT);
        if (refusal != null) {
            throw refusal;
        }
    }

    /** Returns whether an explicit yield is allowed here. */
    final boolean mayYield() {
        WaitRules present = rules();
        return present == null || present.mayYieldVoluntarily(YieldMode.EXPLICIT);
    }

    /** Marks what runs until {@link #endExplicitYields} as allowed to yield outside a Weft wait, because its name says so. */
    public final byte beginExplicitYields() {
        byte before = yieldKind;
        yieldKind = EXPLICIT_OUTSIDE;
        return before;
    }

    /** Restores {@code before}, which {@link #beginExplicitYields} has returned. */
    public final void endExplicitYields(byte before) {
        yieldKind = before;
    }

    /** Moves to the end of the run queue. */
    final void yieldExplicitly() {
        byte before = beginExplicitYields();
        Thread.yield();
        endExplicitYields(before);
    }

    /** Returns whether the slice that has ended, without ending the thread, yielded where the code does not say so. */
    final boolean isImplicit() {
        return isPending() ? yieldKind == IMPLICIT : yieldKind != EXPLICIT_OUTSIDE;
    }

    /** Sleeps for {@code nanos}, even if the greenlet was killed. */
    final void pause(long nanos) {
        begin(Sleep.TARGET);
        park(nanos);
        conclude(null);
    }

    public final boolean isPending() {
        return signal == PENDING;
    }

    /** Returns the target of the Weft wait it is in; null if it is in none. Any thread; a snapshot. */
    public final @Nullable Awaitable<?> awaited() {
        return isPending() ? target : null;
    }

    /** Returns the target of the Weft wait that it is in, or whose outcome it has not taken; null if there is none. */
    public final @Nullable Awaitable<?> waitedFor() {
        return target;
    }

    /** It begins to wait, be it inside code that is unaware of Weft. */
    final void noteWaiting() {
        waitingSince = scheduler().tick();
    }

    /** Returns the tick in which it began the wait that it is in. Any thread. */
    public final int waitingSince() {
        return waitingSince;
    }

    /** Returns how long it has been in the wait that it is in, to a millisecond. Any thread; a snapshot. */
    public final long nanosWaiting() {
        return scheduler().nanosSince(waitingSince);
    }

    /** Returns the tick in which the wait began that has just ended, once; 0 if there was none, or that was recorded. */
    public final int takeWaitingSince() {
        int since = waitingSince;
        waitingSince = 0;
        return since;
    }

    /** Returns whether the current wait has its own time limit. */
    final boolean isTimed() {
        WaitTimer limit = timer;
        return limit != null && limit.isSet();
    }

    /** Returns when the current wait's own time limit ends it; {@link CancelScope#NEVER} without one. Any thread. */
    final long ownDeadline() {
        WaitTimer limit = timer;
        return limit == null ? CancelScope.NEVER : scheduler().deadlineOf(limit);
    }

    /** As {@link #waitedFor}, in words; empty if there is none. */
    public final String describeWait() {
        Awaitable<?> present = target;
        return present == null ? "" : describe(present);
    }

    /** Describes {@code awaited} as the target of a greenlet. */
    String describe(Awaitable<?> awaited) {
        return awaited.toString();
    }

    final void refillBudget() {
        budget = BUDGET;
    }

    /** Counts an operation that succeeded at once; yields after too many in a row. */
    final void spend(YieldMode mode) {
        if (--budget < 0) {
            WaitRules present = rules();
            if (present == null || present.mayYieldVoluntarily(mode)) {
                refillBudget();
                yieldExplicitly();
            }
        }
    }

    @Override
    public final void succeed(@Nullable Object value) {
        complete(VALUE, value);
    }

    @Override
    public final void fail(Throwable failure) {
        complete(FAILURE, Objects.requireNonNull(failure, "failure"));
    }

    /** Ends the wait early and unsubscribes. Returns false if the target's completion is already on its way. */
    final boolean abort(byte why) {
        if (!withdraw()) {
            return false;
        }
        complete(why, null);
        return true;
    }

    /** As {@link #abort}, with {@code failure} for the waiting greenlet. */
    final boolean abortWith(Throwable failure) {
        if (!withdraw()) {
            return false;
        }
        complete(FAILURE, failure);
        return true;
    }

    /** Unsubscribes. If that throws, the target has broken its contract; neither the killer nor the loop must suffer from it. */
    private boolean withdraw() {
        Awaitable<?> waitedFor = Objects.requireNonNull(target);
        try {
            return waitedFor.unsubscribe(this);
        } catch (Throwable t) {
            scheduler().failed("unsubscribe of " + waitedFor, t);
            return true;
        }
    }

    /** Handles a {@code failure} of parking itself; a completion that is on its way is still accepted. */
    private void parkingFailed(Throwable failure) {
        LockSupport.setCurrentBlocker(null);
        parked = false;
        if (signal != PENDING) {
            return;
        }
        if (withdraw()) {
            clear();
            throw Sneaky.rethrow(failure);
        }
        waitPinned();
    }

    private void complete(byte how, @Nullable Object newOutcome) {
        if (VirtualThreads.carrier() != scheduler().thread()) {
            throw new IllegalStateException(
                    "a waiter of loop " + scheduler().thread().getName() + " was completed by " + Thread.currentThread()
                            + "; go through loop.execute(() -> waiter.succeed(...))");
        }
        if (signal != PENDING) {
            throw new IllegalStateException("a waiter was completed that is not pending (signal " + signal
                    + "): an awaitable completes once, and never after unsubscribe");
        }
        signal = how;
        outcome = newOutcome;
        if (parked) {
            wake();
        }
    }

    private void begin(Awaitable<?> newTarget) {
        if (signal != IDLE) {
            throw new IllegalStateException(
                    this + " cannot wait for " + newTarget + ": it is beginning another wait; subscribe must not wait");
        }
        signal = PENDING;
        target = newTarget;
        try {
            newTarget.subscribe(this);
        } catch (Throwable t) {
            clear();
            throw t;
        }
    }

    private void park(long nanos) {
        WaitTimer own = timer;
        try {
            if (own == null) {
                own = new WaitTimer();
                timer = own;
            }
            scheduler().setTimer(own, nanos);
        } catch (Throwable t) { // for example, out of memory
            parkingFailed(t);
            return;
        }
        try {
            park();
        } finally {
            scheduler().cancelTimer(own);
        }
    }

    /** Parks. This frame is in every parked stack and is kept small, as there may be a million. */
    private void park() {
        parked = true;
        refillBudget();
        try {
            LockSupport.setCurrentBlocker(target); // for the JDK's thread dumps
            LockSupport.park();
            if (signal == PENDING) {
                parkAgain();
            }
        } catch (Throwable t) { // for example, the stack is too deep to be unmounted
            parkingFailed(t);
        }
        LockSupport.setCurrentBlocker(null);
        parked = false;
    }

    /** Parks on after parking has ended before the wait: by a stale permit, an interrupt, or a pinned stack. */
    private void parkAgain() {
        boolean interruptedTooLate = false;
        int inVain = 0;
        while (signal == PENDING) {
            if (thread().isInterrupted()) {
                if (abort(INTERRUPTED)) {
                    break;
                }
                interruptedTooLate = Thread.interrupted(); // while it is set, parking returns at once
            }
            if (parkedInVain() && ++inVain > 1 && isPinned()) {
                waitPinned();
            }
        }
        if (interruptedTooLate) {
            Thread.currentThread().interrupt();
        }
    }

    /** Parks; returns whether that returned although nothing had happened. */
    private boolean parkedInVain() {
        Scheduler scheduler = scheduler();
        scheduler.allowParkingPinned();
        long slices = scheduler.slices();
        LockSupport.park();
        return signal == PENDING && scheduler.slices() == slices;
    }

    /** Returns whether the stack is pinned. Parking in vain suggests it, but a stale permit looks the same. */
    private boolean isPinned() {
        long slices = scheduler().slices();
        yieldExplicitly();
        return scheduler().slices() == slices;
    }

    private @Nullable Object conclude(@Nullable Duration timeout) {
        byte how = signal;
        Object what = outcome;
        Object waitedFor = Objects.requireNonNull(target);
        clear();
        return switch (how) {
            case VALUE -> what;
            case FAILURE -> throw Sneaky.rethrow((Throwable) Objects.requireNonNull(what));
            case TIMEOUT -> {
                Duration limit = timeout == null ? Duration.ZERO : timeout;
                deadlineExceeded(waitedFor, limit);
                throw new DeadlineExceeded(waitedFor, limit);
            }
            case CANCELLED -> throw cancelledWhile(waitedFor);
            case INTERRUPTED -> {
                pauseAfterInterrupt(); // code that swallows this and waits again must neither hold the loop nor spin
                throw new Cancelled("interrupted while waiting for " + waitedFor, null);
            }
            default -> throw new AssertionError(how);
        };
    }

    private void clear() {
        signal = IDLE;
        outcome = null;
        target = null;
    }
}
