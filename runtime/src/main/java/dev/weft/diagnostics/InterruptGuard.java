package dev.weft.diagnostics;

import dev.weft.jdk.VirtualThreads;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.OnDemandThread;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Sees to it that an interrupted greenlet does not keep its loop. While its thread's interrupt is set, the JDK's parks and
 * selects return without giving up the carrier, so code that waits in a loop and ignores the interrupt spins, and nobody else
 * runs. Such an interrupt is taken back: the next park is one. If the slice ends by that, the interrupt comes again after a
 * pause, as any that is ignored; if not, the greenlet computes, and has its interrupt again within a millisecond or two.
 *
 * <p>It looks every millisecond for a while after Weft has sent an interrupt, and with each look of the group's watch for
 * those that others have sent. {@link #sent} belongs to the loop's thread, all else to the threads that look.
 */
public final class InterruptGuard {
    private static final long LOOK_NANOS = 1_000_000;
    private static final long PROBE_NANOS = 2_000_000;
    private static final long PROBE_STEP_NANOS = 50_000;
    private static final long BURST_NANOS = 300_000;
    private static final long ACTIVE_NANOS = 30_000_000;
    private static final long AFTER_COMPUTING_NANOS = 100_000_000;

    private final EventLoop loop;
    private final OnDemandThread thread;
    private final AtomicBoolean isActive = new AtomicBoolean();
    private volatile long activeUntilNanos;
    private long slice = -1; // of the last look; guarded by this, as what follows
    private long notBeforeNanos = System.nanoTime();

    public InterruptGuard(EventLoop loop) {
        this.loop = loop;
        thread = new OnDemandThread(loop.name() + "-interrupts", Integer.MAX_VALUE, dropped -> {});
    }

    /** An interrupt was sent to a greenlet of the loop. Costs a wake-up of a thread, unless it was done a moment ago. */
    public void sent() {
        activeUntilNanos = System.nanoTime() + ACTIVE_NANOS;
        if (isActive.compareAndSet(false, true)) {
            thread.submit(this::lookForAWhile);
        }
    }

    private void lookForAWhile() {
        do {
            while (activeUntilNanos - System.nanoTime() > 0) {
                LockSupport.parkNanos(this, LOOK_NANOS);
                look();
            }
            isActive.set(false);
        } while (activeUntilNanos - System.nanoTime() > 0 && isActive.compareAndSet(false, true));
    }

    /** Looks whether the slice that runs was running at the last look, on a thread that is interrupted. */
    synchronized void look() {
        GreenletTask<?> greenlet = loop.running();
        long present = loop.scheduler.slices();
        if (greenlet == null || present != slice) {
            slice = present;
        } else if (System.nanoTime() - notBeforeNanos >= 0) {
            // Asked before it is taken back: the greenlet may leave what was cancelled meanwhile.
            boolean ours = greenlet.wasInterrupted();
            if (isTakenBack(greenlet)) {
                probe(greenlet, ours);
            }
        }
    }

    /** Looks for a moment, as code that restores its interrupt after each wait is without it most of the time. */
    private boolean isTakenBack(GreenletTask<?> greenlet) {
        long deadline = System.nanoTime() + BURST_NANOS;
        do {
            if (VirtualThreads.takeInterruptBack(greenlet.thread(), loop.thread())) {
                return true;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() - deadline < 0);
        return false;
    }

    /** {@code ours}: Weft has sent the interrupt, and sends another one by itself for as long as it is wanted. */
    private void probe(GreenletTask<?> greenlet, boolean ours) {
        if (!endsSoon(greenlet)) {
            giveBack(greenlet, ours);
            notBeforeNanos = System.nanoTime() + AFTER_COMPUTING_NANOS;
        } else if (!ours) {
            loop.post(greenlet::interruptTakenBack);
        }
    }

    /** What was meant for a scope must not be found by code that runs after it. */
    private void giveBack(GreenletTask<?> greenlet, boolean ours) {
        if (ours && !greenlet.wasInterrupted()) {
            return;
        }
        greenlet.thread().interrupt();
        if (ours && !greenlet.wasInterrupted()) {
            VirtualThreads.takeInterruptBack(greenlet.thread(), loop.thread());
        }
    }

    private boolean endsSoon(GreenletTask<?> greenlet) {
        long deadline = System.nanoTime() + PROBE_NANOS;
        while (loop.running() == greenlet && loop.scheduler.slices() == slice) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(this, PROBE_STEP_NANOS);
        }
        return true;
    }
}
