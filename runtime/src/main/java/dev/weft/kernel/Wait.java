package dev.weft.kernel;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.lowlevel.Waiter;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How one greenlet waits: the waiter that it hands to what it waits for, used again for each of its waits. Belongs to the
 * loop's thread.
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
final class Wait extends Waiter<@Nullable Object> {
    private static final int BUDGET = 128;

    enum Signal {
        IDLE,
        PENDING,
        VALUE,
        FAILURE,
        TIMEOUT,
        CANCELLED,
        INTERRUPTED
    }

    private final GreenletTask<?> owner;
    private Signal signal = Signal.IDLE;
    private boolean parked;
    private int budget = BUDGET;
    private @Nullable Object outcome;
    private @Nullable Awaitable<?> target;
    private @Nullable WaitTimer timer;

    Wait(GreenletTask<?> owner) {
        this.owner = owner;
    }

    /** Ends a wait whose time is over: a failure for all targets but a sleep, which wanted just that. */
    private final class WaitTimer extends Timer {
        @Override
        void fire() {
            if (!isPending()) {
                return; // it ended in the turn in which its time is over, and has not run yet
            }
            if (target == Sleep.TARGET) {
                complete(Signal.VALUE, null);
            } else {
                abort(Signal.TIMEOUT);
            }
        }
    }

    /** What a sleeping greenlet waits for: nothing but its timer. */
    private static final class Sleep implements Awaitable<@Nullable Object> {
        static final Sleep TARGET = new Sleep();

        @Override
        public void subscribe(Waiter<? super @Nullable Object> waiter) {}

        @Override
        public void unsubscribe(Waiter<? super @Nullable Object> waiter) {}

        @Override
        public String toString() {
            return "sleep";
        }
    }

    /** Waits for {@code target}; {@code timeout} null: without limit. */
    @Nullable Object await(Awaitable<?> newTarget, @Nullable Duration timeout) {
        begin(newTarget);
        if (signal != Signal.PENDING) {
            spend();
        } else if (timeout == null) {
            park();
        } else {
            park(Blocking.nanos(timeout));
        }
        return conclude(timeout);
    }

    /** Waits for {@code nanos} to pass. */
    void sleep(long nanos) {
        begin(Sleep.TARGET);
        park(nanos);
        conclude(null);
    }

    boolean isPending() {
        return signal == Signal.PENDING;
    }

    String describe() {
        Awaitable<?> present = target;
        return present == null ? "" : present.toString();
    }

    void refillBudget() {
        budget = BUDGET;
    }

    /** An operation succeeded at once; yields when too many in a row have. */
    void spend() {
        if (--budget <= 0) {
            refillBudget();
            Thread.yield();
        }
    }

    @Override
    public void succeed(@Nullable Object value) {
        complete(Signal.VALUE, value);
    }

    @Override
    public void fail(Throwable failure) {
        complete(Signal.FAILURE, Objects.requireNonNull(failure, "failure"));
    }

    /** Ends the wait before its target did; the target forgets it. */
    void abort(Signal why) {
        Awaitable<?> aborted = target;
        if (aborted != null) {
            aborted.unsubscribe(this);
        }
        complete(why, null);
    }

    private void complete(Signal how, @Nullable Object newOutcome) {
        if (RunLoop.currentOrNull() != owner.loop) {
            throw new IllegalStateException("a waiter of loop " + owner.loop.name() + " was completed by "
                    + Thread.currentThread() + "; go through loop.execute(() -> waiter.succeed(...))");
        }
        if (signal != Signal.PENDING) {
            throw new IllegalStateException("a waiter was completed that does not wait (" + signal
                    + "): an awaitable completes once, and never after unsubscribe");
        }
        signal = how;
        outcome = newOutcome;
        if (parked) {
            LockSupport.unpark(owner.thread());
        }
    }

    private void begin(Awaitable<?> newTarget) {
        if (signal != Signal.IDLE) {
            throw new IllegalStateException(owner + " cannot wait for " + newTarget
                    + ": it is beginning another wait; subscribe must not wait");
        }
        signal = Signal.PENDING;
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
        if (own == null) {
            own = new WaitTimer();
            timer = own;
        }
        owner.loop.setTimer(own, nanos);
        try {
            park();
        } finally {
            owner.loop.cancelTimer(own);
        }
    }

    private void park() {
        RunLoop loop = owner.loop;
        parked = true;
        refillBudget();
        int inVain = 0;
        while (signal == Signal.PENDING) {
            long slices = loop.slices();
            LockSupport.park();
            if (signal != Signal.PENDING) {
                break;
            }
            if (owner.thread().isInterrupted()) {
                abort(Signal.INTERRUPTED);
            } else if (loop.slices() == slices && ++inVain > 1) {
                // Not a left-over permit, as that was used up the first time: the stack cannot be set aside.
                loop.serveWhilePinned(owner, this);
            } else {
                loop.allowParkingPinned();
            }
        }
        parked = false;
    }

    private @Nullable Object conclude(@Nullable Duration timeout) {
        Signal how = signal;
        Object what = outcome;
        Object waitedFor = Objects.requireNonNull(target);
        clear();
        return switch (how) {
            case VALUE -> what;
            case FAILURE -> throw Sneaky.rethrow((Throwable) Objects.requireNonNull(what));
            case TIMEOUT -> throw new DeadlineExceeded(waitedFor, timeout == null ? Duration.ZERO : timeout);
            case CANCELLED -> throw Objects.requireNonNull(owner.cancellation()).thrown("waiting for " + waitedFor);
            case INTERRUPTED -> {
                Thread.yield(); // whoever swallows this and waits again must not keep the loop to itself
                throw new Cancelled("interrupted while waiting for " + waitedFor, null);
            }
            case IDLE, PENDING -> throw new AssertionError(how);
        };
    }

    private void clear() {
        signal = Signal.IDLE;
        outcome = null;
        target = null;
    }

    @Override
    public String toString() {
        return owner.toString();
    }
}
