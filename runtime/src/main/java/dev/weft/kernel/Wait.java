package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.jdk.VirtualThreads;
import dev.weft.scheduler.Scheduler;
import dev.weft.scheduler.Timer;
import dev.weft.spi.Sneaky;
import dev.weft.spi.Waiter;
import dev.weft.spi.YieldMode;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The part of a greenlet's record that waits: it is itself the waiter that the greenlet hands to what it waits for, in one
 * wait after the other, so that waiting allocates nothing. Belongs to the loop's thread.
 *
 * <pre>
 * IDLE    -> PENDING      subscribe begins
 * PENDING -> VALUE        the target succeeded
 * PENDING -> FAILURE      the target failed
 * PENDING -> TIMEOUT      the time is over; the target has forgotten us
 * PENDING -> CANCELLED    the greenlet was killed; the target has forgotten us
 * PENDING -> INTERRUPTED  its thread was interrupted; the target has forgotten us
 * (any of the last five) -> IDLE   the greenlet has taken the outcome
 * </pre>
 */
public abstract class Wait extends Waiter<@Nullable Object> {
    private static final byte BUDGET = 127; // a byte, and one more success until it is below zero

    // What has become of the wait; see the table above. Bytes and not an enum, as eight bytes a greenlet were at stake.
    static final byte IDLE = 0;
    static final byte PENDING = 1;
    static final byte VALUE = 2;
    static final byte FAILURE = 3;
    static final byte TIMEOUT = 4;
    static final byte CANCELLED = 5;
    static final byte INTERRUPTED = 6;

    // How the code came to give up the loop.
    private static final byte UNSAID = 0; // by this wait, or else inside code that knows nothing of Weft
    private static final byte ANNOUNCED = 1; // outside of a wait, by a call of ours
    private static final byte IMPLICIT = 2; // by this wait, in a call that looks as if it did not wait

    private byte signal = IDLE;
    private byte manner = UNSAID;
    private boolean parked;
    private byte budget = BUDGET;
    private @Nullable Object outcome;
    private @Nullable Awaitable<?> target;
    private @Nullable WaitTimer timer;

    abstract Scheduler scheduler();

    /** The thread of the greenlet. Any thread. */
    public abstract Thread thread();

    /** What waits must keep to here; null if nothing. */
    abstract @Nullable WaitRules rules();

    /** The stack cannot be set aside: returns when the wait is over, and has the loop served until then. */
    abstract void waitPinned();

    /** The wait of the parked greenlet is over: it is to run again. */
    abstract void wake();

    /** What a wait for {@code target} throws that was ended because the greenlet was cancelled. */
    abstract Cancelled cancelledWhile(Object target);

    /** Lets others run, the longer the more waits in a row an interrupt has ended. */
    abstract void pauseAfterInterrupt();

    /** Ends a wait whose time is over: a failure for all targets but a sleep, which wanted just that. */
    private final class WaitTimer extends Timer {
        @Override
        protected void fire() {
            if (!isPending()) {
                return; // it ended in the turn in which its time is over, and has not run yet
            }
            if (target == Sleep.TARGET) {
                complete(VALUE, null);
            } else {
                abort(TIMEOUT);
            }
        }
    }

    /** What a sleeping greenlet waits for: nothing but its timer. */
    private static final class Sleep implements Awaitable<@Nullable Object> {
        static final Sleep TARGET = new Sleep();

        @Override
        public void subscribe(Waiter<? super @Nullable Object> waiter) {}

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Object> waiter) {
            return true;
        }

        @Override
        public String toString() {
            return "sleep";
        }
    }

    /** Waits for {@code target}; {@code timeout} null: without limit. */
    public final @Nullable Object suspend(Awaitable<?> newTarget, @Nullable Duration timeout, YieldMode mode) {
        if (mode == YieldMode.EXPLICIT) {
            return suspend(newTarget, timeout);
        }
        manner = IMPLICIT;
        try {
            return suspend(newTarget, timeout);
        } finally {
            manner = UNSAID;
        }
    }

    /** As the other, by a call that says that it waits. */
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
        return manner == IMPLICIT ? YieldMode.IMPLICIT : YieldMode.EXPLICIT;
    }

    /** If the rules refuse the wait that has begun, takes it back and throws. No local of it is in the parked stack. */
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

    /** Throws if the loop may not be given up here. */
    public final void requireMayYield(Object newTarget) {
        WaitRules present = rules();
        RuntimeException refusal = present == null ? null : present.refusal(newTarget, YieldMode.EXPLICIT);
        if (refusal != null) {
            throw refusal;
        }
    }

    /** Whether the loop may be given up here, with a call of ours. */
    final boolean mayYield() {
        WaitRules present = rules();
        return present == null || present.mayYieldUnasked(YieldMode.EXPLICIT);
    }

    /** What is done until {@link #announced} may give up the loop outside the seam, and says so in its name. */
    public final byte announce() {
        byte before = manner;
        manner = ANNOUNCED;
        return before;
    }

    /** The end of what {@link #announce}, which gave {@code before}, has begun. */
    public final void announced(byte before) {
        manner = before;
    }

    /** Goes to the end of the run queue. */
    final void yieldAnnounced() {
        byte before = announce();
        Thread.yield();
        announced(before);
    }

    /** As the slice has ended, but not its thread: whether that was somewhere where the code does not say so. */
    final boolean isImplicit() {
        return isPending() ? manner == IMPLICIT : manner != ANNOUNCED;
    }

    /** Lets {@code nanos} pass, whether the greenlet was killed or not. */
    final void pause(long nanos) {
        begin(Sleep.TARGET);
        park(nanos);
        conclude(null);
    }

    public final boolean isPending() {
        return signal == PENDING;
    }

    /** What it waits for through the seam; null if it does not. */
    public final @Nullable Awaitable<?> awaited() {
        return isPending() ? target : null;
    }

    /** Whether the present wait has a time limit of its own. */
    final boolean isTimed() {
        WaitTimer limit = timer;
        return limit != null && limit.isSet();
    }

    /** What it waits for, as text; empty if it does not wait through the seam. */
    final String describeWait() {
        Awaitable<?> present = target;
        return present == null ? "" : describe(present);
    }

    /** {@code awaited} as what a greenlet waits for. */
    String describe(Awaitable<?> awaited) {
        return awaited.toString();
    }

    final void refillBudget() {
        budget = BUDGET;
    }

    /** An operation succeeded at once; yields when too many in a row have. */
    final void spend(YieldMode mode) {
        if (--budget < 0) {
            WaitRules present = rules();
            if (present == null || present.mayYieldUnasked(mode)) {
                refillBudget();
                yieldAnnounced();
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

    /** Ends the wait before its target did, which forgets it. False: the target was faster, and its completion is coming. */
    final boolean abort(byte why) {
        if (!withdraw()) {
            return false;
        }
        complete(why, null);
        return true;
    }

    /** As {@link #abort}, with {@code failure} for the one who waits. */
    final boolean abortWith(Throwable failure) {
        if (!withdraw()) {
            return false;
        }
        complete(FAILURE, failure);
        return true;
    }

    /** One whose {@code unsubscribe} throws has broken its contract; neither the killer nor the loop must suffer from it. */
    private boolean withdraw() {
        Awaitable<?> waitedFor = Objects.requireNonNull(target);
        try {
            return waitedFor.unsubscribe(this);
        } catch (Throwable t) {
            scheduler().failed("unsubscribe of " + waitedFor, t);
            return true;
        }
    }

    /** Parking itself has failed, with {@code failure}; what is on its way to this wait is still taken in. */
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
            throw new IllegalStateException("a waiter was completed that does not wait (signal " + signal
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
        } catch (Throwable t) { // such as no memory for it
            parkingFailed(t);
            return;
        }
        try {
            park();
        } finally {
            scheduler().cancelTimer(own);
        }
    }

    /** The frame of a parked greenlet: it is kept small, as there may be a million. */
    private void park() {
        parked = true;
        refillBudget();
        try {
            LockSupport.setCurrentBlocker(target); // for the JDK's own dumps
            LockSupport.park();
            if (signal == PENDING) {
                parkAgain();
            }
        } catch (Throwable t) { // such as a stack too deep to be set aside
            parkingFailed(t);
        }
        LockSupport.setCurrentBlocker(null);
        parked = false;
    }

    /** Parking has ended before the wait: a left-over permit, an interrupt, or a stack that cannot be set aside. */
    private void parkAgain() {
        boolean interruptedTooLate = false;
        int inVain = 0;
        while (signal == PENDING) {
            if (thread().isInterrupted()) {
                if (abort(INTERRUPTED)) {
                    break;
                }
                interruptedTooLate = Thread.interrupted(); // while it is set, parking ends at once
            }
            if (parkedInVain() && ++inVain > 1 && isPinned()) {
                waitPinned();
            }
        }
        if (interruptedTooLate) {
            Thread.currentThread().interrupt();
        }
    }

    /** Parks, and tells whether that has ended although nothing happened. */
    private boolean parkedInVain() {
        Scheduler scheduler = scheduler();
        scheduler.allowParkingPinned();
        long slices = scheduler.slices();
        LockSupport.park();
        return signal == PENDING && scheduler.slices() == slices;
    }

    /** Whether the stack cannot be set aside. Parking in vain hints at it, but a left-over permit looks the same. */
    private boolean isPinned() {
        long slices = scheduler().slices();
        yieldAnnounced();
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
            case TIMEOUT -> throw new DeadlineExceeded(waitedFor, timeout == null ? Duration.ZERO : timeout);
            case CANCELLED -> throw cancelledWhile(waitedFor);
            case INTERRUPTED -> {
                pauseAfterInterrupt(); // whoever swallows this and waits again must neither keep the loop nor spin
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
