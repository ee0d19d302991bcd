package dev.weft.diagnostics;

import dev.weft.jdk.VirtualThreads;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.OnDemandThread;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Prevents an interrupted greenlet from spinning on its loop. While a virtual thread's interrupt is set, the JDK's parks and
 * selects return without unmounting it, so code that waits in a loop and ignores the interrupt spins and nothing else runs.
 * Such an interrupt is cleared, so that the next park really parks. If that ends the slice, the interrupt is sent again after
 * a pause, like any that is ignored; if not, the greenlet is computing and gets its interrupt back within a millisecond or two.
 *
 * <p>The guard checks every millisecond for a while after Weft has sent an interrupt, and with each check of the group's
 * watchdog for interrupts that others have sent. {@link #sent} belongs to the loop's thread, everything else to the checking
 * threads.
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
    private long slice = -1; // of the last check; guarded by this, like the next field
    private long notBeforeNanos = System.nanoTime();

    public InterruptGuard(EventLoop loop) {
        this.loop = loop;
        thread = new OnDemandThread(loop.name() + "-interrupts", Integer.MAX_VALUE, dropped -> {});
    }

    /** An interrupt was sent to a greenlet of the loop. Wakes a thread, unless that was done a moment ago. */
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

    /** Checks whether the slice of the last check is still running, on an interrupted thread. */
    synchronized void look() {
        GreenletTask<?> greenlet = loop.running();
        long present = loop.scheduler.slices();
        if (greenlet == null || present != slice) {
            slice = present;
        } else if (System.nanoTime() - notBeforeNanos >= 0) {
            // Read before the interrupt is cleared, as the greenlet may leave the cancelled scope meanwhile.
            boolean ours = greenlet.wasInterrupted();
            if (isCleared(greenlet)) {
                probe(greenlet, ours);
            }
        }
    }

    /** Tries for a moment, as code that restores its interrupt after each wait is without it most of the time. */
    private boolean isCleared(GreenletTask<?> greenlet) {
        long deadline = System.nanoTime() + BURST_NANOS;
        do {
            if (VirtualThreads.clearInterrupt(greenlet.thread(), loop.thread())) {
                return true;
            }
            Thread.onSpinWait();
        } while (System.nanoTime() - deadline < 0);
        return false;
    }

    /** If {@code ours}, Weft has sent the interrupt and repeats it by itself while it is needed. */
    private void probe(GreenletTask<?> greenlet, boolean ours) {
        if (!endsSoon(greenlet)) {
            giveBack(greenlet, ours);
            notBeforeNanos = System.nanoTime() + AFTER_COMPUTING_NANOS;
        } else if (!ours) {
            loop.post(greenlet::interruptCleared);
        }
    }

    /** Restores the interrupt. One that was meant for a scope must not be seen by code that runs after it. */
    private void giveBack(GreenletTask<?> greenlet, boolean ours) {
        if (ours && !greenlet.wasInterrupted()) {
            return;
        }
        greenlet.thread().interrupt();
        if (ours && !greenlet.wasInterrupted()) {
            VirtualThreads.clearInterrupt(greenlet.thread(), loop.thread());
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
