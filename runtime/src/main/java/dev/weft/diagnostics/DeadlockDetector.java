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
 * Finds greenlets that can never go on, although the loop does: all who hold something {@link Contended} wait, without a
 * time limit, for others who wait for it. Belongs to the loop's thread.
 *
 * <p>Things come to it when somebody begins to wait for them, and are let go by a look that finds nobody waiting. A look
 * costs a {@link WaitGraph} for each of them, about once a second. It is reported what three looks in a row have found in
 * the same way: who was handed something, or is about to run something, has done so by then.
 */
public final class DeadlockDetector {
    private static final long LOOK_EVERY_NANOS = 1_000_000_000;
    private static final int LOOKS_THAT_AGREE = 3;

    private final EventLoop loop;
    private final IdentityHashMap<Contended, Suspicion> contended = new IdentityHashMap<>();
    private final IdentityHashMap<GreenletTask<?>, Contended> insideTheJdk = new IdentityHashMap<>();
    private volatile boolean hasContended; // for the watch

    private long lastLookNanos; // the watch's

    public DeadlockDetector(EventLoop loop) {
        this.loop = loop;
    }

    /** What was found of one thing. */
    private static final class Suspicion {
        private Set<GreenletTask<?>> stuck = Set.of();
        private int looks;
    }

    /** Somebody begins to wait for {@code thing}. */
    public void contended(Contended thing) {
        if (!contended.containsKey(thing)) {
            contended.put(thing, new Suspicion());
            hasContended = true;
        }
    }

    /** {@code greenlet} is about to wait for {@code thing} inside code that knows nothing of Weft; {@link #wentOn} must follow. */
    public void waits(GreenletTask<?> greenlet, Contended thing) {
        insideTheJdk.put(greenlet, thing);
        contended(thing);
    }

    public void wentOn(GreenletTask<?> greenlet) {
        insideTheJdk.remove(greenlet);
    }

    /** The watch's thread, now and then: has the loop look, if there is something to be looked at. */
    void tick(long nowNanos) {
        if (hasContended && nowNanos - lastLookNanos >= LOOK_EVERY_NANOS) {
            lastLookNanos = nowNanos;
            loop.post(this::look);
        }
    }

    /** Looks at all that is contended. */
    void look() {
        if (EventLoop.currentOrNull() != loop) {
            return; // it has left, and the watch runs what it puts into the inbox
        }
        Set<GreenletTask<?>> known = new HashSet<>(); // of the reported rings
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
