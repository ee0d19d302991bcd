package dev.weft.kernel;

import dev.weft.lowlevel.Clock;
import dev.weft.lowlevel.LoopListener;
import dev.weft.lowlevel.Poller;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The microkernel: a turn drains the inbox, fires the timers that are due, runs a bounded batch of the ready greenlets,
 * and polls. All else is a class at the level of greenlets. Belongs to the loop's thread.
 *
 * <p>A batch is 1024 slices or 10 ms at the most, and less when nothing is ready any more. The clock is read every eighth
 * slice: that bounds the batch in time and gives the longest slice.
 */
abstract class Turning {
    private static final int BATCH = 1024;
    private static final long BATCH_NANOS = 10_000_000;
    private static final int SLICES_PER_LOOK = 8;
    private static final int INBOX_BATCH = 4096;
    private static final int TIMER_BATCH = 4096;

    final Inbox inbox;
    final RunQueue ready;
    final Timers timers;
    final Polling polling;
    final LoopListener listener;
    private final Clock clock;
    private final CallSites pinnedPlaces = new CallSites();

    private @Nullable GreenletTask<?> running;
    private @Nullable Runnable callback; // from the inbox, that is running
    private @Nullable SliceGuard guard; // the innermost atomic region of the running greenlet, or else yieldWatch
    private @Nullable YieldWatch yieldWatch;
    private long slices;
    private long discounted; // slices of greenlets that only tell users of what happened
    private long steps; // turns, and callbacks
    private long servedNanos; // when callbacks or timers began, if there were any in this turn
    private long pinned;
    private long longestSliceNanos;

    Turning(LoopSettings settings, Poller poller) {
        clock = settings.clock();
        listener = settings.listener();
        inbox = new Inbox(poller, new Arrivals());
        ready = new RunQueue(settings.order());
        timers = new Timers(clock.nanos());
        polling = new Polling(this, poller, inbox, timers, clock);
    }

    /** The loop as others see it. */
    abstract RunLoop loop();

    /** Its name, and that of its thread. */
    public abstract String name();

    /** Whether it is to be left. */
    public abstract boolean isFinished();

    abstract Standstill standstill();

    /** What is to be told to users. */
    abstract Callouts callouts();

    abstract Thread thread();

    // ---- the turn
    // ----------------------------------------------------------------------------------------------------

    /** One turn; {@code maySleep}: waits for events if nothing is ready. Returns whether anything happened. */
    public final boolean turn(boolean maySleep) {
        try {
            int events = serve();
            if (callouts().areDue()) {
                callouts().begin();
            }
            int ran = runBatch(events > 0);
            boolean mayWait = maySleep && ready.isEmpty() && !callouts().areDue() && !isFinished();
            return polling.poll(mayWait) + events + ran > 0;
        } catch (Throwable t) {
            reportFailure(t);
            return true;
        }
    }

    /** In a method of its own: even to name a constant takes memory, the first time. */
    private void reportFailure(Throwable failure) {
        try {
            Reports.error("loop " + name() + " goes on after a failure in its kernel", failure);
        } catch (Throwable again) {
            // With no memory left there is no message either; what matters is that the loop goes on.
        }
    }

    private int serve() {
        steps++;
        int drained = drainInbox();
        if (timers.size() == 0) {
            return drained;
        }
        long now = clock.nanos();
        if (drained == 0) {
            servedNanos = now;
        }
        return drained + timers.fire(now, TIMER_BATCH);
    }

    private int drainInbox() {
        if (inbox.isEmpty()) {
            return 0;
        }
        servedNanos = clock.nanos();
        return inbox.drain(INBOX_BATCH);
    }

    /** {@code served}: callbacks or timers have run before, whose time counts as a slice's does. */
    private int runBatch(boolean served) {
        if (ready.isEmpty() && !served) {
            return 0;
        }
        allowParkingPinned();
        long begin = clock.nanos();
        if (served) {
            longestSliceNanos = Math.max(longestSliceNanos, begin - servedNanos);
        }
        long last = begin;
        int ran = 0;
        while (ran < BATCH && !ready.isEmpty()) {
            int look = ran + SLICES_PER_LOOK;
            while (ran < look && !ready.isEmpty()) {
                slices++;
                ready.take().slice();
                ran++;
            }
            long now = clock.nanos();
            longestSliceNanos = Math.max(longestSliceNanos, now - last);
            last = now;
            if (now - begin > BATCH_NANOS) {
                break;
            }
        }
        return ran;
    }

    /** Runs {@code continuation}, of {@code greenlet}, until it waits or ends. */
    final void run(GreenletTask<?> greenlet, Runnable continuation) {
        running = greenlet;
        try {
            continuation.run();
        } finally {
            running = null;
            if (guard != null) {
                guard.sliceEnded(greenlet);
                guard = yieldWatch;
            }
        }
    }

    /**
     * A greenlet that waits with its stack pinned holds the loop's thread. Here that thread, still below the greenlet, does
     * what a turn does but for running greenlets, so that a timer, a socket or another thread can end the wait.
     */
    final void serveWhilePinned(Wait wait) {
        pinned++;
        GreenletTask<?> greenlet = GreenletTask.current();
        callouts().eventWhileHeld(l -> l.onPinned(loop(), greenlet));
        reportPinned(greenlet);
        while (wait.isPending()) {
            if (serve() == 0 && wait.isPending()) {
                polling.poll(true);
            }
        }
    }

    private void reportPinned(GreenletTask<?> greenlet) {
        StackTraceElement[] where = greenlet.stackTrace();
        StackTraceElement place = CallSites.of(where, greenlet);
        if (pinnedPlaces.isNew(place)) {
            Reports.warn("loop " + name() + " stands still: greenlet \"" + greenlet.name() + "\", spawned at "
                    + greenlet.spawnSite() + ", waits at " + place + " for " + greenlet.waitingOn()
                    + " below a native frame or a class initialiser, where its stack cannot be set aside."
                    + FoldedStack.lines(where, greenlet.spawnSite()));
        }
    }

    /**
     * Lets the next park of the loop's thread return at once. Only a pinned greenlet parks that thread, and that is how it
     * finds out that it is pinned.
     */
    final void allowParkingPinned() {
        LockSupport.unpark(thread());
    }

    private final class Arrivals implements Consumer<Runnable> {
        @Override
        public void accept(Runnable item) {
            callback = item;
            steps++;
            try {
                item.run();
            } catch (Throwable t) {
                Reports.error("a callback of loop " + name() + " failed", t);
            }
            callback = null;
        }
    }

    /** Has the listener told of {@code event}, with the next turn. */
    final void notifyListener(Consumer<LoopListener> event) {
        if (listener != LoopSettings.NO_LISTENER) {
            callouts().event(event);
        }
    }

    // ---- the slice that is running
    // -----------------------------------------------------------------------------------

    final @Nullable GreenletTask<?> running() {
        return running;
    }

    /** The callback from the inbox that is running; it may be below a greenlet that waits with a pinned stack. */
    final @Nullable Runnable callback() {
        return callback;
    }

    /** Whether it sleeps in its poller, and nobody has woken it. Any thread. */
    final boolean isAsleep() {
        return inbox.isAsleep();
    }

    /** Has {@code watch}, if any, look at all slices. Before the first of them. */
    final void guardAlways(@Nullable YieldWatch watch) {
        yieldWatch = watch;
        guard = watch;
    }

    final @Nullable YieldWatch yieldWatch() {
        return yieldWatch;
    }

    /** Whether a wait of the running greenlet may have to be refused. */
    final boolean isGuarded() {
        return guard != null;
    }

    final @Nullable AtomicRegion atomic() {
        return guard instanceof AtomicRegion region ? region : null;
    }

    final void atomic(@Nullable AtomicRegion innermost) {
        guard = innermost == null ? yieldWatch : innermost;
    }

    /** Throws if the running greenlet is in a region that must not yield. */
    final void requireMayYield(Object target) {
        if (guard instanceof AtomicRegion) {
            throw AtomicRegion.refusal(target);
        }
    }

    // ---- the counters
    // ------------------------------------------------------------------------------------------------

    final long slices() {
        return slices;
    }

    /** As {@link #slices}, but for those in which users were told of what happened. */
    final long slicesOfUsers() {
        return slices - discounted;
    }

    /** The present slice is one in which users are told of what happened. */
    final void discountSlice() {
        discounted++;
    }

    /** Turns begun, and callbacks; what is between two of them is one thing. */
    final long steps() {
        return steps;
    }

    final long pinned() {
        return pinned;
    }

    final long longestSliceNanos() {
        return longestSliceNanos;
    }

    // ---- time
    // --------------------------------------------------------------------------------------------------------

    /** When the next timer is due, or a little earlier; {@link Long#MAX_VALUE} if none is set. */
    public final long nextTimer() {
        return timers.nextDeadline();
    }

    final void setTimer(Timer timer, long delayNanos) {
        setTimerAt(timer, deadlineAfter(delayNanos));
    }

    final void setTimerAt(Timer timer, long deadlineNanos) {
        if (deadlineNanos != Timers.NEVER) {
            timers.set(timer, deadlineNanos);
        }
    }

    /** When {@code delayNanos} from now will have passed; {@link Timers#NEVER} for what the clock cannot reach. */
    final long deadlineAfter(long delayNanos) {
        long now = clock.nanos();
        return delayNanos < Timers.NEVER - Math.max(now, 0) ? now + delayNanos : Timers.NEVER;
    }

    /** What its clock shows. */
    final long now() {
        return clock.nanos();
    }

    /** How long it is until {@code deadlineNanos}; not below zero. */
    final long nanosUntil(long deadlineNanos) {
        return Math.max(0, deadlineNanos - clock.nanos());
    }

    final void cancelTimer(Timer timer) {
        timers.cancel(timer);
    }
}
