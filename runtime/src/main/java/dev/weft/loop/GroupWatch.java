package dev.weft.loop;

import dev.weft.diagnostics.Population;
import dev.weft.diagnostics.VerdictWatch;
import dev.weft.diagnostics.Watchdog;
import dev.weft.kernel.GreenletTask;
import dev.weft.recording.FlightRecording;
import dev.weft.spi.Measured;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** All that watches a group from outside its loops, on one thread: hogs, deadlocks, lints, and observers. Any thread. */
public final class GroupWatch implements Population, AutoCloseable {
    private final VerdictWatch verdicts = new VerdictWatch(this);
    private final Queue<WeakReference<Measured>> grown = new ConcurrentLinkedQueue<>();
    private volatile List<RunLoop> loops = List.of();
    private @Nullable Watchdog watchdog;
    private Watchdog.@Nullable Probe other;

    /** Starts to watch {@code all} loops of a group, unless {@code hogAfter} is zero; {@code other} looks as well. */
    public void start(String group, List<RunLoop> all, Duration hogAfter, Watchdog.Probe other) {
        loops = all;
        this.other = other;
        List<Watchdog.Probe> probes = new ArrayList<>();
        for (RunLoop loop : all) {
            probes.add(loop.probe(hogAfter));
        }
        probes.add(verdicts);
        probes.add(other);
        probes.add(new FlightRecording(all));
        watchdog = Watchdog.start(group, probes, hogAfter);
    }

    @Override
    public void forEach(Consumer<GreenletTask<?>> visitor) {
        for (RunLoop loop : loops) {
            loop.forEachGreenlet(visitor);
        }
    }

    void hasGrown(Measured resource) {
        grown.add(new WeakReference<>(resource));
    }

    /** Returns what looks as well. */
    public Watchdog.@Nullable Probe other() {
        return other;
    }

    /** Calls {@code visitor} for each resource that has grown unusually large and still lives. Any thread. */
    public void forEachGrown(Consumer<Measured> visitor) {
        for (Iterator<WeakReference<Measured>> each = grown.iterator(); each.hasNext(); ) {
            Measured resource = each.next().get();
            if (resource == null) {
                each.remove();
            } else {
                visitor.accept(resource);
            }
        }
    }

    public VerdictWatch verdicts() {
        return verdicts;
    }

    @Override
    public void close() {
        if (watchdog != null) {
            watchdog.close();
        }
    }
}
