package dev.weft.scheduler;

import dev.weft.spi.Clock;
import dev.weft.spi.Poller;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** Polls for a loop: without waiting between batches, or asleep until the next timer. Belongs to the loop's thread. */
final class Polling {
    private static final long BUSY = Long.MIN_VALUE;
    private static final long FAILURE_PAUSE_NANOS = 10_000_000;
    private static final boolean HAS_SEVERAL_CORES = Runtime.getRuntime().availableProcessors() > 1;

    private final Host host;
    private final Poller poller;
    private final Inbox inbox;
    private final Timers timers;
    private final Clock clock;
    private final AdaptiveSpin spin;
    private long polls;
    private long wakeUps;
    private final long openedNanos;
    private long idleNanos; // without the present wait
    private long idleSince = BUSY;

    Polling(Host host, Poller poller, Inbox inbox, Timers timers, Clock clock) {
        this.host = host;
        this.poller = poller;
        this.inbox = inbox;
        this.timers = timers;
        this.clock = clock;
        openedNanos = clock.nanos();
        spin = new AdaptiveSpin(() -> !inbox.isEmpty(), System::nanoTime);
    }

    Poller poller() {
        return poller;
    }

    long polls() {
        return polls;
    }

    long wakeUps() {
        return wakeUps;
    }

    /** The loop has nothing to do from now on. */
    void beginIdle() {
        idleSince = clock.nanos();
    }

    /** The loop has something to do. Called when the poller delivers its first event, which may be long before it returns. */
    void endIdle() {
        if (idleSince != BUSY) {
            idleNanos += clock.nanos() - idleSince;
            idleSince = BUSY;
        }
    }

    boolean isIdle() {
        return idleSince != BUSY;
    }

    /** Returns for how long the loop has had nothing to do. Any thread; a snapshot. */
    long idleNanos() {
        long total = idleNanos;
        long since = idleSince;
        return since == BUSY ? total : total + clock.nanos() - since;
    }

    /** Returns for how long it has had something to do. Any thread; a snapshot. */
    long busyNanos() {
        long idle = idleNanos();
        return Math.max(0, clock.nanos() - openedNanos - idle);
    }

    /** Polls, until an event, a wakeup or the next timer if {@code maySleep}. Returns the number of events. */
    int poll(boolean maySleep) {
        try {
            return maySleep ? sleepUntilTimer() : look();
        } catch (IOException e) {
            host.failed("polling", e);
            LockSupport.parkNanos(FAILURE_PAUSE_NANOS);
            return 0;
        }
    }

    private int sleepUntilTimer() throws IOException {
        long deadline = timers.nextDeadline();
        long nanos = deadline == Timers.NEVER ? untilEvent() : deadline - clock.nanos();
        return nanos > 0 ? sleep(nanos) : look();
    }

    private long untilEvent() {
        if (poller.hasSources()) {
            return Poller.FOREVER;
        }
        long nap = host.idleNanos();
        return host.hasWork() ? 0 : nap;
    }

    private int look() throws IOException {
        return poller.hasSources() ? ask(0) : 0;
    }

    private int sleep(long nanos) throws IOException {
        boolean heard = inbox.hasDrained();
        if ((heard && HAS_SEVERAL_CORES && spin.look(nanos)) || !inbox.prepareSleep()) {
            return look();
        }
        beginIdle();
        try {
            return ask(nanos);
        } finally {
            endIdle();
            if (inbox.arise()) {
                wakeUps++;
            }
        }
    }

    private int ask(long timeoutNanos) throws IOException {
        polls++;
        return poller.poll(timeoutNanos);
    }
}
