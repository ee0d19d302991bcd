package dev.weft.diagnostics;

import dev.weft.kernel.Blocking;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import dev.weft.spi.Holding;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The watchdog's record of one loop: how long it has been in the same slice or, outside greenlets, in the same event or the
 * same part of the kernel. The loop writes the fields read here without a fence, so they may be slightly stale; only what two
 * checks in a row have seen counts. Belongs to the watch's thread.
 */
public final class HogProbe implements Watchdog.Probe {
    private static final int NOTHING = 0;
    private static final int GREENLET = 1;
    private static final int OUTSIDE = 2;

    private final EventLoop loop;
    private final InterruptGuard interrupts;
    private final long limitNanos;
    private int kind = NOTHING;
    private long number; // of the slice or step
    private long sinceNanos;
    private long reportAfterNanos;
    private volatile long heldNanos;

    public HogProbe(EventLoop loop, InterruptGuard interrupts, Duration limit) {
        this.loop = loop;
        this.interrupts = interrupts;
        limitNanos = Blocking.nanos(limit);
    }

    @Override
    public void look(long nowNanos) {
        interrupts.look();
        Object callback = loop.scheduler.event();
        GreenletTask<?> greenlet = callback == null ? loop.running() : null;
        if (loop.scheduler.steps() == 0 || !loop.thread().isAlive()) {
            seeNothing(); // the loop has not started or has ended
        } else if (greenlet != null) {
            see(nowNanos, GREENLET, greenlet, null);
        } else if (callback != null || !loop.scheduler.isAsleep()) {
            see(nowNanos, OUTSIDE, null, callback);
        } else {
            seeNothing();
        }
    }

    private void seeNothing() {
        kind = NOTHING;
        heldNanos = 0;
    }

    /** Returns for how long the loop has been in the same slice, event or part of the kernel; 0 if it has not. Any thread. */
    public long heldNanos() {
        return heldNanos;
    }

    private void see(long nowNanos, int what, @Nullable GreenletTask<?> greenlet, @Nullable Object callback) {
        long present = number(what);
        if (what != kind || present != number) {
            kind = what;
            number = present;
            sinceNanos = nowNanos;
            reportAfterNanos = limitNanos;
            heldNanos = 0;
            return;
        }
        heldNanos = nowNanos - sinceNanos;
        if (heldNanos >= reportAfterNanos) {
            Duration held = Duration.ofNanos(heldNanos);
            if (greenlet != null) {
                report(greenlet, held);
            } else {
                report(callback, held);
            }
            reportAfterNanos = heldNanos * 2; // last, so that a failed report is retried
        }
    }

    private long number(int what) {
        return what == GREENLET
                ? loop.scheduler.slices()
                : loop.scheduler.slices() + loop.scheduler.steps(); // both only increase
    }

    private void report(GreenletTask<?> greenlet, Duration held) {
        Thread.State state = greenlet.thread().getState();
        StackTraceElement[] where = greenlet.stackTrace();
        if (loop.scheduler.slices() == number) { // else the stack may be that of a later slice
            String report = HogReport.of(loop, greenlet, held, state, where);
            RuntimeLog.warn(report);
            loop.recorder().held("a greenlet", greenlet, held, Holding.of(state, where), report);
            loop.owner.tellListenerWhileHeld(listener -> listener.onHog(loop.owner.handle(), greenlet, held, where));
        }
    }

    private void report(@Nullable Object callback, Duration held) {
        GreenletTask<?> below = loop.running(); // one that waits with a pinned stack and serves the loop meanwhile
        Thread thread = below == null ? loop.thread() : below.thread();
        Thread.State state = thread.getState();
        StackTraceElement[] where = thread.getStackTrace();
        if (number(OUTSIDE) == number) {
            String what = HogReport.nameOf(callback, where);
            String report = HogReport.of(loop, what, thread, held, state, where);
            RuntimeLog.warn(report);
            loop.recorder().held(what, null, held, Holding.of(state, where), report);
            loop.owner.tellListenerWhileHeld(
                    listener -> listener.onBlockedLoop(loop.owner.handle(), what, held, where));
        }
    }
}
