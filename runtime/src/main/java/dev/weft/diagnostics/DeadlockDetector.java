package dev.weft.diagnostics;

import dev.weft.Greenlet;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import dev.weft.spi.Contended;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Detects greenlets that can never proceed although the loop does: all holders of a {@link Contended} resource wait, without a
 * time limit, for greenlets that wait for the resource. Belongs to the loop's thread.
 *
 * <p>A resource is registered when a greenlet begins to wait for it, and removed by a check that finds no waiters. A check
 * builds a {@link WaitGraph} for each resource, about once a second. A deadlock is reported after three identical checks in a
 * row: by then, greenlets that had just been handed something, or were about to run, have done so.
 */
public final class DeadlockDetector {
    private static final long LOOK_EVERY_NANOS = 1_000_000_000;
    private static final int LOOKS_THAT_AGREE = 3;

    private final EventLoop loop;
    private final IdentityHashMap<Contended, Suspicion> contended = new IdentityHashMap<>();
    private final IdentityHashMap<GreenletTask<?>, Contended> insideTheJdk = new IdentityHashMap<>();
    private volatile boolean hasContended; // read by the watch

    private long lastLookNanos; // used by the watch only

    public DeadlockDetector(EventLoop loop) {
        this.loop = loop;
    }

    /** The findings about one resource. */
    private static final class Suspicion {
        private Set<GreenletTask<?>> stuck = Set.of();
        private int looks;
    }

    /** A greenlet begins to wait for {@code thing}. */
    public void contended(Contended thing) {
        if (!contended.containsKey(thing)) {
            contended.put(thing, new Suspicion());
            hasContended = true;
        }
    }

    /** {@code greenlet} is about to wait for {@code thing} in code that is unaware of Weft; {@link #wentOn} must follow. */
    public void waits(GreenletTask<?> greenlet, Contended thing) {
        insideTheJdk.put(greenlet, thing);
        contended(thing);
    }

    public void wentOn(GreenletTask<?> greenlet) {
        insideTheJdk.remove(greenlet);
    }

    /** Makes the loop check periodically, if there is anything to check. Called on the watch's thread. */
    void tick(long nowNanos) {
        if (hasContended && nowNanos - lastLookNanos >= LOOK_EVERY_NANOS) {
            lastLookNanos = nowNanos;
            loop.post(this::look);
        }
    }

    /** Checks all contended resources. */
    void look() {
        if (EventLoop.currentOrNull() != loop) {
            return; // the loop has ended, and the watch's thread runs what it posts
        }
        Set<GreenletTask<?>> known = new HashSet<>(); // in reported deadlocks
        for (Suspicion suspicion : contended.values()) {
            if (suspicion.looks >= LOOKS_THAT_AGREE) {
                known.addAll(suspicion.stuck);
            }
        }
        for (Iterator<Map.Entry<Contended, Suspicion>> all =
                        contended.entrySet().iterator();
                all.hasNext(); ) {
            Map.Entry<Contended, Suspicion> next = all.next();
            if (next.getKey().isAwaited()) {
                look(next.getKey(), next.getValue(), known);
            } else {
                all.remove();
            }
        }
        hasContended = !contended.isEmpty();
    }

    private void look(Contended thing, Suspicion suspicion, Set<GreenletTask<?>> known) {
        WaitGraph graph = WaitGraph.of(thing, loop, insideTheJdk);
        Set<GreenletTask<?>> stuck = graph.isStuck() ? new HashSet<>(graph.stuck()) : Set.of();
        suspicion.looks = stuck.equals(suspicion.stuck) ? suspicion.looks + 1 : 1;
        suspicion.stuck = stuck;
        if (!stuck.isEmpty() && suspicion.looks == LOOKS_THAT_AGREE && !known.containsAll(stuck)) {
            known.addAll(stuck);
            RuntimeLog.warn(graph.describe());
            List<Greenlet<?>> waiting = List.copyOf(graph.stuck());
            loop.owner.tellListener(listener -> listener.onStalled(loop.owner.handle(), waiting));
        }
    }
}
