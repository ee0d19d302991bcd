package dev.weft.kernel;

import dev.weft.lowlevel.Holding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A group's watch for greenlets that hold their loop: a daemon thread that looks every 100 ms at which slice each loop is
 * running, and reports one that has lasted too long, again after ever longer pauses. It costs the loops nothing.
 */
public final class HogWatch implements AutoCloseable {
    private static final long TICK_NANOS = 100_000_000;

    private final List<Sight> sights = new ArrayList<>();
    private final long limitNanos;
    private volatile @Nullable Thread thread;

    HogWatch(List<RunLoop> loops, Duration limit) {
        limitNanos = Blocking.nanos(limit);
        for (RunLoop loop : loops) {
            sights.add(new Sight(loop));
        }
    }

    /** Starts watching {@code loops}; does nothing if {@code limit} is zero. */
    public static HogWatch start(String group, List<RunLoop> loops, Duration limit) {
        HogWatch watch = new HogWatch(loops, limit);
        if (watch.limitNanos > 0) {
            Thread thread = new OwnThread(group + "-hog-watch", watch::watch);
            watch.thread = thread;
            thread.start();
        }
        return watch;
    }

    private void watch() {
        long tick = Math.min(TICK_NANOS, Math.max(1_000_000, limitNanos / 2));
        while (Thread.currentThread() == thread) {
            LockSupport.parkNanos(this, tick);
            lookAnyhow();
        }
    }

    /** Whatever happens, such as that memory is out for a moment: nobody else looks. */
    private void lookAnyhow() {
        try {
            look(System.nanoTime());
        } catch (Throwable t) {
            reportFailure(t);
        }
    }

    private static void reportFailure(Throwable failure) {
        try {
            Reports.error("a look at what holds the loops failed; the next one follows", failure);
        } catch (Throwable again) {
            // With no memory left there is no message either; what matters is that the watch goes on.
        }
    }

    /** Looks at all loops, at the time {@code nowNanos}. */
    void look(long nowNanos) {
        for (Sight sight : sights) {
            sight.look(nowNanos);
        }
    }

    /** Ends the watch; does not wait for its thread. */
    @Override
    public void close() {
        Thread watching = thread;
        thread = null;
        LockSupport.unpark(watching);
    }

    /** What was last seen of a loop. The loop writes what is read here without a fence, so it is a moment old. */
    private final class Sight {
        private final RunLoop loop;
        private long slice = -1;
        private long sinceNanos;
        private long reportAfterNanos;

        Sight(RunLoop loop) {
            this.loop = loop;
        }

        void look(long nowNanos) {
            loop.interruptGuard().look();
            GreenletTask<?> greenlet = loop.running();
            long present = loop.slices();
            if (greenlet == null || present != slice) {
                slice = present;
                sinceNanos = nowNanos;
                reportAfterNanos = limitNanos;
                return;
            }
            long heldNanos = nowNanos - sinceNanos;
            if (heldNanos >= reportAfterNanos) {
                StackTraceElement[] where = greenlet.stackTrace();
                if (loop.slices() == slice) { // or it is the stack of a later one
                    reportAfterNanos = heldNanos * 2;
                    report(greenlet, Duration.ofNanos(heldNanos), where);
                }
            }
        }

        private static String describe(GreenletTask<?> greenlet, StackTraceElement[] where) {
            String place = " at " + CallSites.of(where, greenlet);
            return switch (Holding.of(where)) {
                case BLOCKING_CALL ->
                    "in a call that blocks, " + where[0].getClassName() + "." + where[0].getMethodName() + place
                            + ": off-load it, Weft.offload(() -> ...).";
                case PINNED ->
                    "waiting" + place + " with a stack that cannot be set aside: a native frame or a class"
                            + " initialiser is on it. Wait before or after that.";
                case COMPUTING -> "computing" + place + ": let it yield, or off-load it, Weft.compute(() -> ...).";
            };
        }

        private void report(GreenletTask<?> greenlet, Duration held, StackTraceElement[] where) {
            Reports.warn("greenlet \"" + greenlet.name() + "\", spawned at " + greenlet.spawnSite() + ", has held loop "
                    + loop.name() + " for " + held.toMillis() + " ms " + describe(greenlet, where)
                    + " Nothing else runs there. It is at " + CallSites.excerpt(where));
            loop.callouts().eventWhileHeld(listener -> listener.onHog(loop, greenlet, held, where));
        }
    }
}
