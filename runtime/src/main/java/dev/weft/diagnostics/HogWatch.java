package dev.weft.diagnostics;

import dev.weft.kernel.Blocking;
import dev.weft.log.RuntimeLog;
import dev.weft.spi.RuntimeThread;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A group's watch for what holds its loops: a daemon thread that looks every 100 ms at what each loop is doing, and has that
 * reported which has lasted too long, again after ever longer pauses. It costs the loops nothing. Nothing but its close ends
 * it: what goes wrong in one look is reported, and the next look is taken.
 *
 * <p>It goes by a clock of its own, which stands still while the watch does: if the process was stopped, by a debugger, a
 * signal, a collector or a lid that was closed, no greenlet is to blame.
 */
public final class HogWatch implements AutoCloseable {
    private static final long TICK_NANOS = 100_000_000;
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final List<? extends Sight> sights;
    private final long tickNanos;
    private long lastNanos;
    private long watchedNanos;
    private boolean failing; // since the last look; told once
    private volatile @Nullable Thread thread;

    /** What is looked at. */
    interface Sight {
        /** {@code nowNanos}: by the watch's clock. */
        void look(long nowNanos);
    }

    HogWatch(List<? extends Sight> sights, Duration limit) {
        this.sights = sights;
        tickNanos = Math.min(TICK_NANOS, Math.max(1_000_000, Blocking.nanos(limit) / 2));
    }

    /** Starts watching {@code sights}; does nothing if {@code limit} is zero. */
    public static HogWatch start(String group, List<HogProbe> sights, Duration limit) {
        HogWatch watch = new HogWatch(sights, limit);
        if (limit.isPositive()) {
            watch.start(group);
        }
        return watch;
    }

    void start(String group) {
        Thread watcher = new RuntimeThread(group + "-hog-watch", this::watch);
        thread = watcher;
        watcher.start();
    }

    private void watch() {
        lastNanos = System.nanoTime();
        while (Thread.currentThread() == thread) {
            LockSupport.parkNanos(this, tickNanos);
            Thread.interrupted(); // which stands for nothing, and would end all further pauses at once
            tick(System.nanoTime());
        }
    }

    /** Looks at all loops. If the look before was longer ago than two ticks, the watch was stopped, and a tick has passed. */
    void tick(long nowNanos) {
        long passed = nowNanos - lastNanos;
        lastNanos = nowNanos;
        watchedNanos += passed > 2 * tickNanos ? tickNanos : passed;
        boolean failed = false;
        for (int i = 0; i < sights.size(); i++) {
            failed |= !hasLooked(sights.get(i));
        }
        failing = failed;
    }

    private boolean hasLooked(Sight sight) {
        try {
            sight.look(watchedNanos);
            return true;
        } catch (Throwable t) {
            reportOnce(t);
            return false;
        }
    }

    private void reportOnce(Throwable failure) {
        try {
            if (!failing) {
                RuntimeLog.error("the hog watch goes on after a failure", failure);
            }
        } catch (Throwable again) {
            // With no memory left there is no message either; what matters is the next look.
        }
    }

    /** Ends the watch: a look that is under way is the last, and is waited for, a second at the most. */
    @Override
    public void close() {
        Thread watching = thread;
        thread = null;
        LockSupport.unpark(watching);
        if (watching != null && watching != Thread.currentThread()) {
            Blocking.joined(watching, System.nanoTime() + PATIENCE_NANOS);
        }
    }
}
