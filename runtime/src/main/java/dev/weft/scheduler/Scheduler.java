package dev.weft.scheduler;

import dev.weft.LatencyHistogram;
import dev.weft.spi.Clock;
import dev.weft.spi.Poller;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler that runs on a loop's thread, turn after turn. A turn drains the inbox, fires the timers that are due, runs a
 * bounded batch of ready tasks, and polls. All it knows of a task is that it has slices. Belongs to the loop's thread, unless
 * marked otherwise.
 *
 * <p>A batch ends after 1024 slices, after 10 ms, or when nothing is ready. The clock is read every eight slices, to bound the
 * batch in time and to find the longest slice.
 */
public final class Scheduler {
    private static final int BATCH = 1024;
    private static final long BATCH_NANOS = 10_000_000;
    private static final int SLICES_PER_LOOK = 8;
    private static final int INBOX_BATCH = 4096;
    private static final int TIMER_BATCH = 4096;
    private static final int TICK_SHIFT = 20; // a tick is 1.05 ms, and an int of them lasts for 52 days

    private final Host host;
    private final Clock clock;
    private final RunOrder order;
    private final Inbox inbox;
    private final RunQueue ready;
    private final Timers timers;
    private final Polling polling;
    private final ReadyLatency latency;

    private @Nullable TurnRecorder recorder;
    private @Nullable TurnRecorder runner; // the recorder, in a turn whose slices it runs
    private @Nullable Runnable event; // the one from the inbox that is running
    private long slices;
    private long steps; // turns and events
    private long servedNanos; // when this turn's events or timers began, if there were any
    private long longestSliceNanos;
    private long hoggedNanos; // in stretches between two readings of the clock that were long
    private int tick; // of the last reading of the clock in a batch

    public Scheduler(Host host, Clock clock, RunOrder order, Poller poller) {
        this.host = host;
        this.clock = clock;
        this.order = order;
        inbox = new Inbox(poller, new Arrivals());
        ready = new RunQueue(order);
        timers = new Timers(clock.nanos(), failure -> host.failed("a timer", failure));
        polling = new Polling(host, poller, inbox, timers, clock);
        latency = new ReadyLatency(clock);
    }

    /** Takes a turn, which waits for events if {@code maySleep} and nothing is ready. Returns whether anything happened. */
    public boolean turn(boolean maySleep) {
        try {
            TurnRecorder recording = recorder;
            runner = recording != null && recording.beginTurn() ? recording : null;
            int events = serve();
            if (host.hasWork()) {
                host.beginTurn();
            }
            int ran = runBatch(events > 0);
            if (recording != null) {
                recording.endTurn(events, ran);
            }
            boolean mayWait = maySleep && ready.isEmpty() && !host.hasWork() && !host.isFinished();
            return polling.poll(mayWait) + events + ran > 0;
        } catch (Throwable t) {
            reportFailure(t);
            return true;
        }
    }

    /** Records the turns from the next one on. */
    public void record(TurnRecorder next) {
        recorder = next;
    }

    /** In its own method, as even resolving a constant takes memory the first time, and there may be none. */
    private void reportFailure(Throwable failure) {
        try {
            host.failed("its scheduler", failure);
        } catch (Throwable again) {
            // The loop must go on.
        }
    }

    /** Returns whether no further turn is wanted. */
    public boolean isFinished() {
        return host.isFinished();
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

    /** Runs a batch; if {@code served}, events or timers have run before it, whose time counts like that of a slice. */
    private int runBatch(boolean served) {
        if (ready.isEmpty() && !served) {
            return 0;
        }
        allowParkingPinned();
        long begin = clock.nanos();
        tick = tickOf(begin);
        if (served) {
            longestSliceNanos = Math.max(longestSliceNanos, begin - servedNanos);
        }
        if (runner != null) {
            runner.beginBatch(begin);
        }
        long last = begin;
        int ran = 0;
        while (ran < BATCH && !ready.isEmpty()) {
            ran += runSlices();
            long now = clock.nanos();
            if (now - last > BATCH_NANOS) {
                hoggedNanos += now - last;
            }
            longestSliceNanos = Math.max(longestSliceNanos, now - last);
            last = now;
            tick = tickOf(now);
            if (now - begin > BATCH_NANOS) {
                break;
            }
        }
        return ran;
    }

    /** Runs as many slices as may pass between two looks at the clock. */
    private int runSlices() {
        TurnRecorder recording = runner;
        int ran = 0;
        while (ran < SLICES_PER_LOOK && !ready.isEmpty()) {
            ran++;
            Task next = next();
            if (recording == null) {
                next.slice();
            } else {
                recording.run(next);
            }
        }
        return ran;
    }

    /** Takes the task whose slice is to begin. */
    private Task next() {
        Task next = ready.take();
        if (slices++ == latency.nextToBegin) {
            latency.begins();
        }
        return next;
    }

    private static int tickOf(long nanos) {
        return (int) (nanos >>> TICK_SHIFT);
    }

    /** Returns the time of the present batch in ticks, as of the clock's last reading, which is at most eight slices ago. */
    public int tick() {
        return tick;
    }

    /** Returns how long ago {@code tick} was, to a millisecond; modulo 52 days. Any thread. */
    public long nanosSince(int tick) {
        return nanosOf(tickOf(clock.nanos()) - tick);
    }

    /** Returns how long {@code ticks} are. */
    public static long nanosOf(int ticks) {
        return Integer.toUnsignedLong(ticks) << TICK_SHIFT;
    }

    /**
     * Does everything a turn does except running tasks, while {@code isPending}. For a task that waits with a pinned stack: it
     * blocks the loop's thread, and this is how a timer, a socket or another thread can still end its wait.
     */
    public void serveWhile(BooleanSupplier isPending) {
        while (isPending.getAsBoolean()) {
            if (serve() == 0 && isPending.getAsBoolean()) {
                polling.poll(true);
            }
        }
    }

    /**
     * Makes the next park of the loop's thread return at once. Only a task with a pinned stack parks that thread, and so
     * discovers that it is pinned.
     */
    public void allowParkingPinned() {
        LockSupport.unpark(host.thread());
    }

    private final class Arrivals implements Consumer<Runnable> {
        @Override
        public void accept(Runnable item) {
            event = item;
            steps++;
            try {
                item.run();
            } catch (Throwable t) {
                host.failed("an event", t);
            }
            event = null;
        }
    }

    /** Returns the thread that the turns run on. Any thread. */
    public Thread thread() {
        return host.thread();
    }

    /** Reports that {@code what} has failed on the loop's thread, and there is nobody else to tell. */
    public void failed(String what, Throwable failure) {
        host.failed(what, failure);
    }

    /** Returns a random number below {@code n}, from the seed if the run order has one. */
    public int pick(int n) {
        return order == RunOrder.FIFO ? ThreadLocalRandom.current().nextInt(n) : order.pick(n);
    }

    /** Queues {@code task} for its next slice. */
    public void ready(Task task) {
        if (polling.isIdle()) {
            polling.endIdle();
        }
        if (slices + ready.size() == latency.nextToQueue) {
            latency.queued();
        }
        ready.add(task);
    }

    /** Returns the number of ready tasks. Any thread; a snapshot. */
    public int countReady() {
        return ready.size();
    }

    /** Runs {@code event} between two slices, in the next turn. It must be short and must not wait. Any thread. */
    public void post(Runnable event) {
        inbox.put(event);
    }

    /** Returns whether nothing is on its way to the loop. Any thread. */
    public boolean isInboxEmpty() {
        return inbox.isEmpty();
    }

    /** The last action of the loop's thread: later events run on the threads that post them. */
    public void die() {
        inbox.die();
    }

    /** Returns whether the loop sleeps in its poller and nobody has woken it. Any thread. */
    public boolean isAsleep() {
        return inbox.isAsleep();
    }

    /** Returns the inbox event that is running, perhaps from within a task that waits with a pinned stack. */
    public @Nullable Runnable event() {
        return event;
    }

    public Poller poller() {
        return polling.poller();
    }

    /** Sets {@code timer}, which must not be set, to fire after {@code delayNanos}. */
    public void setTimer(Timer timer, long delayNanos) {
        setTimerAt(timer, deadlineAfter(delayNanos));
    }

    /** Sets {@code timer}, which must not be set; does nothing if the deadline is {@link Timers#NEVER}. */
    public void setTimerAt(Timer timer, long deadlineNanos) {
        if (deadlineNanos != Timers.NEVER) {
            timers.set(timer, deadlineNanos);
        }
    }

    /** Cancels {@code timer}; does nothing if it is not set. */
    public void cancelTimer(Timer timer) {
        timers.cancel(timer);
    }

    /** Returns when the next timer is due, or slightly earlier; {@link Timers#NEVER} if none is set. */
    public long nextTimer() {
        return timers.nextDeadline();
    }

    /** Returns the deadline of {@code timer}, to a millisecond; {@link Timers#NEVER} if it is not set. Any thread; a snapshot. */
    public long deadlineOf(Timer timer) {
        return timers.deadlineOf(timer);
    }

    public int countTimers() {
        return timers.size();
    }

    /** Returns the deadline {@code delayNanos} from now; {@link Timers#NEVER} if beyond the range of the clock. */
    public long deadlineAfter(long delayNanos) {
        long now = clock.nanos();
        return delayNanos < Timers.NEVER - Math.max(now, 0) ? now + delayNanos : Timers.NEVER;
    }

    /** Returns the time until {@code deadlineNanos}; not negative. */
    public long nanosUntil(long deadlineNanos) {
        return Math.max(0, deadlineNanos - clock.nanos());
    }

    /** Returns the time of the loop's clock. */
    public long now() {
        return clock.nanos();
    }

    /** Returns the number of slices begun. */
    public long slices() {
        return slices;
    }

    /** Returns the number of turns begun plus events; unchanged means that the same one is still running. */
    public long steps() {
        return steps;
    }

    /** The loop has nothing to do until {@link #endIdle}. For drivers that do not let it poll. */
    public void beginIdle() {
        polling.beginIdle();
    }

    public void endIdle() {
        polling.endIdle();
    }

    /** Returns for how long it has had nothing to do. Any thread; a snapshot. */
    public long idleNanos() {
        return polling.idleNanos();
    }

    /** Returns for how long it has had something to do. Any thread; a snapshot. */
    public long busyNanos() {
        return polling.busyNanos();
    }

    /** Returns how many timers have fired. */
    public long timersFired() {
        return timers.fired();
    }

    /** Returns how late they have fired, added up. */
    public long timerDelayNanos() {
        return timers.delayNanos();
    }

    public long longestTimerDelayNanos() {
        return timers.longestDelayNanos();
    }

    /** Returns how long tasks were ready before they ran. Any thread; a snapshot. */
    public LatencyHistogram latency() {
        return latency.snapshot();
    }

    public long polls() {
        return polling.polls();
    }

    public long wakeUps() {
        return polling.wakeUps();
    }

    /** Returns the time spent in slices that took longer than a whole batch may, with up to seven others. Any thread. */
    public long hoggedNanos() {
        return hoggedNanos;
    }

    public long longestSliceNanos() {
        return longestSliceNanos;
    }
}
