package dev.weft.diagnostics;

import dev.weft.Verdict;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds greenlets of a group that can never proceed, as the deadlocks form. It draws a {@link WaitGraph} about twice a second,
 * and believes that a greenlet is stuck once three graphs in a row have found it so, in the same wait: whoever is waiting now
 * for the same thing and since the same moment as half a second ago has not run meanwhile. Then the fixed point is taken once
 * more, over those that are believed alone. So a graph that mixes values of different moments proves nothing.
 *
 * <p>Runs on the watch's thread, whatever the loops do; costs it about a hundredth of a core at most.
 */
public final class VerdictWatch implements Watchdog.Probe {
    private static final long PAUSE_NANOS = 500_000_000;
    private static final long SHARE = 100;
    private static final long LONGEST_NANOS_EACH = 5_000;
    private static final int LOOKS_THAT_AGREE = 3;

    private final Population population;
    private long nextLookNanos;
    private Map<GreenletTask<?>, Sighting> sightings = Map.of(); // guarded by this
    private Map<GreenletTask<?>, Integer> candidates = Map.of(); // likewise: those in the last graph, and since when
    private volatile int drawn; // how many greenlets the last graph has
    private volatile List<Standing> standing = List.of();

    /** A stuck greenlet as the last looks have seen it. */
    private record Sighting(Object resource, int since, int looks) {}

    /** A deadlock that was found, and when, in terms of {@link System#nanoTime}. */
    public record Standing(Deadlock deadlock, Verdict verdict, long foundNanos) {}

    public VerdictWatch(Population population) {
        this.population = population;
    }

    @Override
    public void look(long nowNanos) {
        if (nowNanos >= nextLookNanos) {
            long begin = System.nanoTime();
            look();
            nextLookNanos = nowNanos + pauseAfter(System.nanoTime() - begin, drawn);
        }
    }

    /** Returns the pause after a look at {@code greenlets}. A few take long only as long as the code is cold. */
    static long pauseAfter(long tookNanos, int greenlets) {
        return Math.max(PAUSE_NANOS, Math.min(SHARE * tookNanos, SHARE * LONGEST_NANOS_EACH * greenlets));
    }

    /** Takes a look, and reports what has been established by it. Any thread but a loop's. */
    public synchronized void look() {
        Map<GreenletTask<?>, Sighting> before = sightings;
        Map<GreenletTask<?>, Integer> waited = candidates;
        WaitGraph graph = WaitGraph.of(population, each -> Objects.equals(waited.get(each), each.waitingSince()));
        Map<GreenletTask<?>, Integer> waiting = new HashMap<>();
        graph.greenlets().forEach(node -> waiting.put(Objects.requireNonNull(node.greenlet), node.since));
        candidates = waiting;
        drawn = waiting.size();
        Map<GreenletTask<?>, Sighting> now = new HashMap<>();
        if (!graph.isEmpty()) {
            for (WaitNode node : graph.stuck(true, any -> true)) {
                GreenletTask<?> greenlet = Objects.requireNonNull(node.greenlet);
                now.put(greenlet, seen(node, before.get(greenlet)));
            }
        }
        sightings = now;
        conclude(graph, node -> isBelieved(now.get(Objects.requireNonNull(node.greenlet))));
    }

    private static Sighting seen(WaitNode node, @Nullable Sighting before) {
        Object resource = node.owners.resource();
        if (before == null || before.resource != resource || before.since != node.since) {
            return new Sighting(resource, node.since, 1);
        }
        return new Sighting(resource, node.since, before.looks + 1);
    }

    private static boolean isBelieved(@Nullable Sighting sighting) {
        return sighting != null && sighting.looks >= LOOKS_THAT_AGREE;
    }

    private void conclude(WaitGraph graph, Predicate<WaitNode> believed) {
        if (sightings.isEmpty()) {
            standing = List.of();
            return;
        }
        List<Standing> present = new ArrayList<>();
        List<WaitNode> certain = graph.stuck(false, believed);
        conclude(Verdict.Kind.CERTAIN, certain, present);
        Set<WaitNode> known = Set.copyOf(certain);
        List<WaitNode> presumed = graph.stuck(true, believed);
        presumed.removeIf(known::contains);
        conclude(Verdict.Kind.PRESUMED, presumed, present);
        standing = List.copyOf(present);
    }

    private void conclude(Verdict.Kind kind, List<WaitNode> stuck, List<Standing> present) {
        for (List<WaitNode> component : Deadlock.components(stuck)) {
            Set<GreenletTask<?>> greenlets = Deadlock.greenlets(component);
            Standing known = standing.stream()
                    .filter(each -> each.deadlock.greenlets().stream().anyMatch(greenlets::contains))
                    .findFirst()
                    .orElse(null);
            if (known != null && known.deadlock.greenlets().size() == greenlets.size()) {
                present.add(known);
                continue;
            }
            Deadlock deadlock = new Deadlock(kind, component);
            long found = known == null ? System.nanoTime() : known.foundNanos;
            Standing stands = new Standing(deadlock, deadlock.verdict(), found);
            present.add(stands);
            if (known == null) {
                report(stands);
            }
        }
    }

    private static void report(Standing found) {
        RuntimeLog.warn(found.deadlock.text());
        GreenletTask<?> first = found.deadlock.greenlets().get(0);
        first.loop.recorder().verdict(found.verdict);
        first.loop.owner.tellListenerWhileHeld(
                listener -> listener.onVerdict(first.loop.owner.handle().group(), found.verdict));
    }

    /** Returns the deadlocks that stand. Any thread. */
    public List<Standing> standing() {
        return standing;
    }
}
