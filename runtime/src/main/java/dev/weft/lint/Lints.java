package dev.weft.lint;

import dev.weft.diagnostics.WaitOwners;
import dev.weft.diagnostics.Watchdog;
import dev.weft.kernel.GreenletTask;
import dev.weft.loop.GroupWatch;
import dev.weft.loop.RunLoop;
import dev.weft.offload.OffloadPools;
import dev.weft.spi.Owners;
import java.util.ArrayList;
import java.util.List;

/**
 * All lints of a group. It looks about once a second, on the watchdog's thread, at a hundredth of a core at the most.
 */
public final class Lints implements Watchdog.Probe {
    private static final long PAUSE_NANOS = 1_000_000_000;
    private static final int SHARE = 100;

    private final GroupWatch watch;
    private final List<Lint> lints = new ArrayList<>();
    private long nextLookNanos;
    private volatile List<Finding> standing = List.of();

    /** Creates the lints for the group of {@code loops}. */
    public Lints(List<RunLoop> loops) {
        watch = loops.get(0).watch();
        OffloadPools pools = loops.get(0).offloadPools();
        for (RunLoop loop : loops) {
            lints.add(new HogShare(loop));
            lints.add(new SelfWoken(loop));
        }
        lints.add(new SwallowedCancel());
        lints.add(new KilledAlive());
        lints.add(new NoDeadline());
        lints.add(new FullChannel());
        lints.add(new GrowingChannel(watch));
        lints.add(new SaturatedOffload(
                pools.blocking(),
                "Give the calls time limits, limit the slow kind, Offload.waiting().limit(...), or allow more threads,"
                        + " LoopGroup.builder().offloadThreads(...)."));
        lints.add(new SaturatedOffload(
                pools.computing(), "There are as many threads as processors: let callers limit what they ask for."));
        lints.add(new HeldMonitor());
        if (loops.size() > 1) {
            lints.add(new UnevenLoops(loops));
        }
    }

    @Override
    public void look(long nowNanos) {
        if (nowNanos < nextLookNanos) {
            return;
        }
        long begin = System.nanoTime();
        lookNow(nowNanos);
        nextLookNanos = nowNanos + Math.max(PAUSE_NANOS, SHARE * (System.nanoTime() - begin));
    }

    void lookNow(long nowNanos) {
        watch.forEach(this::see);
        List<Finding> found = new ArrayList<>();
        lints.forEach(lint -> lint.conclude(nowNanos, found::add));
        standing = List.copyOf(found);
    }

    private void see(GreenletTask<?> greenlet) {
        Owners wait = WaitOwners.of(greenlet);
        for (Lint lint : lints) {
            lint.see(greenlet, wait);
        }
    }

    /** Returns what the last look has found. Any thread. */
    public List<Finding> standing() {
        return standing;
    }
}
