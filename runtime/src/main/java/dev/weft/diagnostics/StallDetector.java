package dev.weft.diagnostics;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import dev.weft.spi.Owners;
import dev.weft.spi.Poller;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Detects that a loop will never run again (gevent's {@code LoopExit}): all its greenlets wait for something that only
 * greenlets of this loop could bring about, and there is no timer and no event source. Belongs to the loop's thread.
 *
 * <p>The following count as alive, since something outside could end them: waits for stages, futures, off-loaded calls and
 * greenlets of other loops; waits inside the JDK; waits that say so by {@link Owners#outside}; handles; and greenlets on other
 * loops of the group. The check visits all
 * greenlets, so it is made once when the loop has been idle for a while, and not again before something runs.
 */
public final class StallDetector {
    private static final long GRACE_NANOS = 100_000_000;
    private static final int GREENLETS_LOGGED = 20;

    private enum Phase {
        BUSY,
        IDLE_FOR_A_WHILE,
        LOOKED
    }

    private final EventLoop loop;
    private final Supplier<List<Greenlet<?>>> greenlets;
    private final BooleanSupplier othersCouldCome;
    private final AtomicInteger handles = new AtomicInteger(); // any thread
    private long slices;
    private Phase phase = Phase.BUSY;
    private long idleSince;
    private boolean logged; // once: if the loop was woken after all, something outside does bring in work

    /** {@code greenlets} supplies all of the loop; {@code othersCouldCome} tells whether other loops could spawn some. */
    public StallDetector(EventLoop loop, Supplier<List<Greenlet<?>>> greenlets, BooleanSupplier othersCouldCome) {
        this.loop = loop;
        this.greenlets = greenlets;
        this.othersCouldCome = othersCouldCome;
    }

    /** Opens a handle; while it is open, something outside may bring in work. Any thread. */
    public Loop.Handle keepAlive() {
        handles.incrementAndGet();
        return new Loop.Handle() {
            private final AtomicInteger open = new AtomicInteger(1);

            @Override
            public void close() {
                handles.addAndGet(-open.getAndSet(0));
            }
        };
    }

    /** Returns how long the loop, which has neither timer nor event source, may sleep before it must ask again. */
    public long napNanos() {
        if (slices != loop.slicesOfUsers()) {
            slices = loop.slicesOfUsers();
            phase = Phase.BUSY;
        }
        switch (phase) {
            case BUSY -> {
                phase = Phase.IDLE_FOR_A_WHILE;
                idleSince = loop.scheduler.now();
                return GRACE_NANOS;
            }
            case IDLE_FOR_A_WHILE -> {
                long idle = loop.scheduler.now() - idleSince;
                if (idle < GRACE_NANOS) {
                    return GRACE_NANOS - idle; // a wakeup without work, such as a late one
                }
                phase = Phase.LOOKED;
                look();
            }
            case LOOKED -> {}
        }
        return Poller.FOREVER;
    }

    private void look() {
        if (loop.isAwaitedFromOutside() || handles.get() > 0 || othersCouldCome.getAsBoolean()) {
            return;
        }
        List<Greenlet<?>> waiting = greenlets.get();
        if (waiting.isEmpty()) {
            return;
        }
        for (Greenlet<?> greenlet : waiting) {
            if (greenlet.state() != Greenlet.State.WAITING || isOpenToOutside((GreenletTask<?>) greenlet)) {
                return;
            }
        }
        String report = describe(waiting);
        if (!logged) {
            logged = true;
            RuntimeLog.warn(report);
        }
        loop.recorder().standstill(waiting.size(), report);
        loop.owner.tellListener(listener -> listener.onStalled(loop.owner.handle(), waiting));
    }

    private static boolean isOpenToOutside(GreenletTask<?> greenlet) {
        if (greenlet.isWaitingOutsideWeft()) {
            return true;
        }
        Owners owners = WaitOwners.of(greenlet);
        return owners != null && owners.rule() == Owners.Rule.OUTSIDE;
    }

    private String describe(List<Greenlet<?>> waiting) {
        List<String> lines = new ArrayList<>();
        for (Greenlet<?> greenlet : waiting.subList(0, Math.min(waiting.size(), GREENLETS_LOGGED))) {
            lines.add("\n  " + greenlet);
        }
        return "loop " + loop.name() + " is stalled: its " + waiting.size() + " greenlets wait for each other, and no"
                + " timer, socket or off-loaded call can wake them. If another thread will, let it hold loop.keepAlive()."
                + String.join("", lines)
                + (waiting.size() > GREENLETS_LOGGED ? "\n  and others" : "");
    }
}
