package dev.weft.scheduler;

import dev.weft.spi.Clock;
import dev.weft.spi.Poller;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What runs on the thread of a loop: turn after turn. A turn drains the inbox, fires the timers that are due, runs a bounded
 * batch of the ready tasks, and polls. It knows nothing of its tasks but that they have a slice. Belongs to the loop's
 * thread, except for what is marked.
 *
 * <p>A batch is 1024 slices or 10 ms at the most, and less when nothing is ready any more. The clock is read every eighth
 * slice: that bounds the batch in time and gives the longest slice.
 */
public final class Scheduler {
    private static final int BATCH = 1024;
    private static final long BATCH_NANOS = 10_000_000;
    private static final int SLICES_PER_LOOK = 8;
    private static final int INBOX_BATCH = 4096;
    private static final int TIMER_BATCH = 4096;

    private final Host host;
    private final Clock clock;
    private final RunOrder order;
    private final Inbox inbox;
    private final RunQueue ready;
    private final Timers timers;
    private final Polling polling;

    private @Nullable Runnable event; // from the inbox, that is running
    private long slices;
    private long steps; // turns, and events
    private long servedNanos; // when events or timers began, if there were any in this turn
    private long longestSliceNanos;

    public Scheduler(Host host, Clock clock, RunOrder order, Poller poller) {
        this.host = host;
        this.clock = clock;
        this.order = order;
        inbox = new Inbox(poller, new Arrivals());
        ready = new RunQueue(order);
        timers = new Timers(clock.nanos(), failure -> host.failed("a timer", failure));
        polling = new Polling(host, poller, inbox, timers, clock);
    }

    /** Takes one turn; {@code maySleep}: waits for events if nothing is ready. Returns whether anything happened. */
    public boolean turn(boolean maySleep) {
        try {
            int events = serve();
            if (host.hasWork()) {
                host.beginTurn();
            }
            int ran = runBatch(events > 0);
            boolean mayWait = maySleep && ready.isEmpty() && !host.hasWork() && !host.isFinished();
            return polling.poll(mayWait) + events + ran > 0;
        } catch (Throwable t) {
            reportFailure(t);
            return true;
        }
    }

    /** In a method of its own: even to name a constant takes memory, the first time, and there may be none. */
    private void reportFailure(Throwable failure) {
        try {
            host.failed("its scheduler", failure);
        } catch (Throwable again) {
            // What matters is that the loop goes on.
        }
    }

    /** Whether no further turn is wanted. */
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

    /** {@code served}: events or timers have run before, whose time counts as a slice's does. */
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

    /**
     * Does what a turn does, but for running tasks, for as long as {@code isPending}. For a task that waits although its
     * stack cannot be set aside: it holds the loop's thread, and only so can a timer, a socket or another thread end its wait.
     */
    public void serveWhile(BooleanSupplier isPending) {
        while (isPending.getAsBoolean()) {
            if (serve() == 0 && isPending.getAsBoolean()) {
                polling.poll(true);
            }
        }
    }

    /**
     * Lets the next park of the loop's thread return at once. Only a task whose stack is pinned parks that thread, and that
     * is how it finds out that it is pinned.
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

    /** The thread that the turns run on. Any thread. */
    public Thread thread() {
        return host.thread();
    }

    /** {@code what} has failed on the loop's thread, and nobody else is to be told. */
    public void failed(String what, Throwable failure) {
        host.failed(what, failure);
    }

    /** One of {@code n} by chance: the chance of a seeded order, if it has one. */
    public int pick(int n) {
        return order == RunOrder.FIFO ? ThreadLocalRandom.current().nextInt(n) : order.pick(n);
    }

    /** Queues {@code task} for its next slice. */
    public void ready(Task task) {
        ready.add(task);
    }

    /** How many are queued. Any thread, which sees a snapshot. */
    public int countReady() {
        return ready.size();
    }

    /** Any thread: runs {@code event} between two slices, with the next turn. It must be short and must not wait. */
    public void post(Runnable event) {
        inbox.put(event);
    }

    /** Any thread: whether nothing is on its way to the loop. */
    public boolean isInboxEmpty() {
        return inbox.isEmpty();
    }

    /** As the last act: what is posted from now on runs on the thread that posts it. */
    public void die() {
        inbox.die();
    }

    /** Any thread: whether the loop sleeps in its poller, and nobody has woken it. */
    public boolean isAsleep() {
        return inbox.isAsleep();
    }

    /** The event from the inbox that is running; it may be below a task that waits with a pinned stack. */
    public @Nullable Runnable event() {
        return event;
    }

    public Poller poller() {
        return polling.poller();
    }

    /** Sets {@code timer}, which must not be set, to fire when {@code delayNanos} have passed. */
    public void setTimer(Timer timer, long delayNanos) {
        setTimerAt(timer, deadlineAfter(delayNanos));
    }

    /** Sets {@code timer}, which must not be set; does nothing for a deadline that never comes. */
    public void setTimerAt(Timer timer, long deadlineNanos) {
        if (deadlineNanos != Timers.NEVER) {
            timers.set(timer, deadlineNanos);
        }
    }

    /** Does nothing for a timer that is not set. */
    public void cancelTimer(Timer timer) {
        timers.cancel(timer);
    }

    /** When the next timer is due, or a little earlier; {@link Timers#NEVER} if none is set. */
    public long nextTimer() {
        return timers.nextDeadline();
    }

    public int countTimers() {
        return timers.size();
    }

    /** When {@code delayNanos} from now will have passed; {@link Timers#NEVER} for what the clock cannot reach. */
    public long deadlineAfter(long delayNanos) {
        long now = clock.nanos();
        return delayNanos < Timers.NEVER - Math.max(now, 0) ? now + delayNanos : Timers.NEVER;
    }

    /** How long it is until {@code deadlineNanos}; not below zero. */
    public long nanosUntil(long deadlineNanos) {
        return Math.max(0, deadlineNanos - clock.nanos());
    }

    /** What its clock shows. */
    public long now() {
        return clock.nanos();
    }

    /** The slices begun. */
    public long slices() {
        return slices;
    }

    /** Turns begun, and events; what is between two of them is one thing. */
    public long steps() {
        return steps;
    }

    public long polls() {
        return polling.polls();
    }

    public long wakeUps() {
        return polling.wakeUps();
    }

    public long longestSliceNanos() {
        return longestSliceNanos;
    }
}
