package dev.weft.diagnostics;

import dev.weft.kernel.Blocking;
import dev.weft.log.RuntimeLog;
import dev.weft.spi.RuntimeThread;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A group's watchdog for held loops: a daemon thread that checks every 100 ms what each loop is doing, and reports what has
 * lasted too long, again at increasing intervals. It costs the loops nothing. It runs until it is closed: a failure in one
 * check is reported, and the next check follows.
 *
 * <p>It has its own clock, which stands still while the watchdog does: if the process was suspended, by a debugger, a signal, a
 * garbage collection or a closed laptop lid, no greenlet is to blame.
 */
public final class Watchdog implements AutoCloseable {
    private static final long TICK_NANOS = 100_000_000;
    private static final long PATIENCE_NANOS = 1_000_000_000;

    private final List<? extends Probe> probes;
    private final long tickNanos;
    private long lastNanos;
    private long watchedNanos;
    private boolean failing; // in the last check; reported once
    private volatile @Nullable Thread thread;

    /** Something to be checked. */
    public interface Probe {
        /** Checks it; {@code nowNanos} is the time of the watchdog's clock. */
        void look(long nowNanos);

        /** The watchdog ends. Called on its thread, as the last. */
        default void close() {}
    }

    Watchdog(List<? extends Probe> probes, Duration limit) {
        this.probes = probes;
        tickNanos = Math.min(TICK_NANOS, Math.max(1_000_000, Blocking.nanos(limit) / 2));
    }

    /** Starts a watchdog for {@code probes}; it does nothing if {@code limit} is zero. */
    public static Watchdog start(String group, List<? extends Probe> probes, Duration limit) {
        Watchdog watch = new Watchdog(probes, limit);
        if (limit.isPositive()) {
            watch.start(group);
        }
        return watch;
    }

    void start(String group) {
        Thread watcher = new RuntimeThread(group + "-watchdog", this::watch);
        thread = watcher;
        watcher.start();
    }

    private void watch() {
        lastNanos = System.nanoTime();
        while (Thread.currentThread() == thread) {
            LockSupport.parkNanos(this, tickNanos);
            Thread.interrupted(); // has no meaning here, and would end all further pauses at once
            tick(System.nanoTime());
        }
        probes.forEach(this::close);
    }

    private void close(Probe probe) {
        try {
            probe.close();
        } catch (Throwable t) {
            reportOnce(t);
        }
    }

    /** Checks all loops. If the last check is more than two ticks ago, the process was suspended, and a single tick counts. */
    void tick(long nowNanos) {
        long passed = nowNanos - lastNanos;
        lastNanos = nowNanos;
        watchedNanos += passed > 2 * tickNanos ? tickNanos : passed;
        boolean failed = false;
        for (int i = 0; i < probes.size(); i++) {
            failed |= !hasLooked(probes.get(i));
        }
        failing = failed;
    }

    private boolean hasLooked(Probe probe) {
        try {
            probe.look(watchedNanos);
            return true;
        } catch (Throwable t) {
            reportOnce(t);
            return false;
        }
    }

    private void reportOnce(Throwable failure) {
        try {
            if (!failing) {
                RuntimeLog.error("the watchdog failed and continues", failure);
            }
        } catch (Throwable again) {
            // There may be no memory for a message; the next check is what matters.
        }
    }

    /** Stops the watchdog; waits for a check that is under way, at most for a second. */
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
