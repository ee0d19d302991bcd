package dev.weft.observe;

import dev.weft.diagnostics.Population;
import dev.weft.diagnostics.WaitOwners;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Draws the wait-for graph around one greenlet: whom it waits for, and who waits for it. */
final class Surroundings {
    private static final int MOST_NODES = 200;

    private final Map<Long, GreenletTask<?>> greenlets = new HashMap<>();
    private final Map<Long, Set<Long>> waitersOf = new HashMap<>();
    private final Set<Long> stuck = new HashSet<>();
    private final Map<String, WaitGraphSnapshot.Node> nodes = new LinkedHashMap<>();
    private final Set<WaitGraphSnapshot.Edge> edges = new LinkedHashSet<>();

    Surroundings(Population population, List<VerdictSnapshot> verdicts) {
        verdicts.forEach(verdict -> stuck.addAll(verdict.greenlets()));
        population.forEach(greenlet -> {
            greenlets.put(greenlet.id(), greenlet);
            Owners owners = WaitOwners.of(greenlet);
            if (owners != null && !owners.members().isEmpty()) {
                Waits.ownersOf(owners)
                        .forEach(owner -> waitersOf
                                .computeIfAbsent(owner, key -> new LinkedHashSet<>())
                                .add(greenlet.id()));
            }
        });
    }

    WaitGraphSnapshot of(long centre, int hops) {
        Set<Long> reached = new LinkedHashSet<>(Set.of(centre));
        List<Long> edge = List.of(centre);
        for (int hop = 0; hop < hops && nodes.size() < MOST_NODES; hop++) {
            List<Long> next = new ArrayList<>();
            for (long id : edge) {
                for (long neighbour : neighboursOf(id)) {
                    if (reached.size() < MOST_NODES / 2 && reached.add(neighbour)) {
                        next.add(neighbour);
                    }
                }
            }
            edge = next;
        }
        reached.forEach(id -> draw(id, reached));
        return new WaitGraphSnapshot(centre, List.copyOf(nodes.values()), List.copyOf(edges));
    }

    private Set<Long> neighboursOf(long id) {
        Set<Long> neighbours = new LinkedHashSet<>();
        GreenletTask<?> greenlet = greenlets.get(id);
        Owners owners = greenlet == null ? null : WaitOwners.of(greenlet);
        if (owners != null) {
            neighbours.addAll(Waits.ownersOf(owners));
        }
        neighbours.addAll(waitersOf.getOrDefault(id, Set.of()));
        return neighbours;
    }

    private void draw(long id, Set<Long> reached) {
        String key = "g" + id;
        GreenletTask<?> greenlet = greenlets.get(id);
        if (greenlet == null) {
            nodes.put(key, new WaitGraphSnapshot.Node(key, "greenlet", "greenlet " + id, "ended", false));
            return;
        }
        nodes.put(
                key,
                new WaitGraphSnapshot.Node(
                        key,
                        "greenlet",
                        greenlet.name(),
                        greenlet.state().name().toLowerCase(Locale.ROOT),
                        stuck.contains(id)));
        Owners owners = WaitOwners.of(greenlet);
        if (owners != null) {
            drawWait(key, owners, reached);
        }
    }

    private void drawWait(String waiter, Owners owners, Set<Long> reached) {
        Set<Long> others = Waits.ownersOf(owners);
        others.retainAll(reached);
        if (owners.kind() == Owners.Kind.JOIN) {
            others.forEach(other -> edges.add(new WaitGraphSnapshot.Edge(waiter, "g" + other, "waits for")));
            return;
        }
        ResourceSnapshot resource = Census.of(owners, 0);
        String key = "r" + resource.key();
        nodes.putIfAbsent(key, new WaitGraphSnapshot.Node(key, resource.kind(), resource.name(), "", false));
        edges.add(new WaitGraphSnapshot.Edge(waiter, key, "waits for"));
        String label = owners.rule() == Owners.Rule.RECENT ? "used by" : "held by";
        others.forEach(other -> edges.add(new WaitGraphSnapshot.Edge(key, "g" + other, label)));
    }
}
