package dev.weft.diagnostics;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.jdk.JdkLocks;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whom, in all loops of a group, as one look from outside finds it. Built and used on an observer's thread while
 * the loops run, so a single graph proves nothing: {@link VerdictWatch} believes what several in a row agree on.
 *
 * <p>Only greenlets that wait without a time limit for others that are known are in it. The stuck ones are those left (a
 * greatest fixed point) once all have been freed whose wait may end: one that waits for all its owners, such as the children of
 * its scope, when they all are free; any other when one of its owners is.
 */
final class WaitGraph {
    private static final int MOST_ASKED =
            1_000; // greenlets asked whether they hold a monitor, at some microseconds each
    private static final int DEEPEST = 16; // of nested alternatives

    private final Map<GreenletTask<?>, WaitNode> greenlets = new HashMap<>();
    private final IdentityHashMap<Object, WaitNode> resources = new IdentityHashMap<>();
    private final List<WaitNode> all = new ArrayList<>();
    private final List<WaitNode> blocked = new ArrayList<>(); // on monitors, whose holders must be searched
    private final WaitNode free = new WaitNode(Owners.unknown(Owners.Kind.OTHER, this), null);
    private final WaitNode gone = new WaitNode(Owners.unknown(Owners.Kind.OTHER, this), null); // who ended with a lock
    private final Ancestry ancestry;
    private boolean needsAncestry;

    private WaitGraph(Population population) {
        ancestry = new Ancestry(population);
        free.isFree = true;
    }

    /** Draws the graph of {@code population}. Greenlets of {@code unmoved} wait since the last look, and may be asked for monitors. */
    static WaitGraph of(Population population, Predicate<GreenletTask<?>> unmoved) {
        WaitGraph graph = new WaitGraph(population);
        population.forEach(graph::add);
        for (WaitNode node : List.copyOf(graph.greenlets.values())) {
            graph.connect(node, node.owners, 0);
        }
        graph.findHoldersOfMonitors(unmoved);
        return graph;
    }

    private void add(GreenletTask<?> greenlet) {
        if (!greenlet.waitsWithoutLimit() || greenlets.containsKey(greenlet)) {
            return;
        }
        Owners owners = WaitOwners.of(greenlet);
        if (owners == null) {
            return;
        }
        boolean isBlocked = owners.kind() == Owners.Kind.LOCK && owners.rule() == Owners.Rule.UNKNOWN;
        boolean isKnown = !owners.members().isEmpty();
        if (isBlocked || isKnown) {
            WaitNode node = node(owners, greenlet);
            greenlets.put(greenlet, node);
            needsAncestry |= isKnown;
            if (isBlocked) {
                blocked.add(node);
            }
        }
    }

    private WaitNode node(Owners owners, @Nullable GreenletTask<?> greenlet) {
        WaitNode node = new WaitNode(owners, greenlet);
        all.add(node);
        return node;
    }

    private void connect(WaitNode node, Owners owners, int depth) {
        switch (owners.rule()) {
            case ALL -> owners.members().forEach(member -> node.need(nodeOf((Greenlet<?>) member)));
            case ANY -> connectAny(node, owners, depth);
            case RECENT -> connectUsers(node, owners);
            case UNKNOWN, OUTSIDE -> node.hasUnknownOwners = true;
        }
    }

    private void connectAny(WaitNode node, Owners owners, int depth) {
        if (owners.kind() == Owners.Kind.SELECT) {
            for (Object alternative : owners.members()) {
                node.need(depth == DEEPEST ? free : alternative((Awaitable<?>) alternative, depth));
            }
            return;
        }
        WaitNode resource = resources.get(owners.resource());
        if (resource == null) {
            resource = node(owners, null);
            resources.put(owners.resource(), resource);
            for (Object holder : owners.members()) {
                boolean isGone = owners.kind() == Owners.Kind.LOCK
                        && ((Greenlet<?>) holder).state().isDone();
                resource.need(isGone ? gone : nodeOf((Greenlet<?>) holder));
            }
        }
        node.need(resource);
    }

    private WaitNode alternative(Awaitable<?> awaitable, int depth) {
        try {
            Owners owners = awaitable.owners();
            WaitNode node = node(owners, null);
            connect(node, owners, depth + 1);
            return node;
        } catch (RuntimeException changedMeanwhile) {
            return free;
        }
    }

    /** A user that has ended, or that does not descend from the creator, is a sign that others like it may come. */
    private void connectUsers(WaitNode node, Owners owners) {
        for (Object user : owners.members()) {
            long id = (Long) user;
            GreenletTask<?> alive = ancestry.find(id);
            if (alive != null && ancestry.descends(alive, owners.creator())) {
                node.need(nodeOf(alive));
            } else if (alive != null || id != owners.creator()) {
                node.hasUnknownOwners = true;
            }
        }
    }

    private WaitNode nodeOf(Greenlet<?> greenlet) {
        return greenlets.getOrDefault((GreenletTask<?>) greenlet, free);
    }

    private void findHoldersOfMonitors(Predicate<GreenletTask<?>> unmoved) {
        for (WaitNode node : blocked) {
            GreenletTask<?> greenlet = Objects.requireNonNull(node.greenlet);
            Object monitor = unmoved.test(greenlet) ? JdkLocks.awaitedMonitor(greenlet.thread()) : null;
            WaitNode holder = monitor == null ? null : holderOf(monitor, unmoved);
            if (holder == null) {
                node.hasUnknownOwners = true;
            } else {
                node.hasUnknownOwners = false;
                node.need(holder);
            }
        }
    }

    /** Asks those that may be stuck themselves, as any other holder goes on. */
    private @Nullable WaitNode holderOf(Object monitor, Predicate<GreenletTask<?>> unmoved) {
        int asked = 0;
        for (Map.Entry<GreenletTask<?>, WaitNode> each : greenlets.entrySet()) {
            if (unmoved.test(each.getKey())) {
                if (JdkLocks.holds(each.getKey().thread(), monitor)) {
                    return each.getValue();
                }
                if (++asked == MOST_ASKED) {
                    return null;
                }
            }
        }
        return null;
    }

    /** Returns whether there is anything to search. */
    boolean isEmpty() {
        return greenlets.isEmpty();
    }

    Collection<WaitNode> greenlets() {
        return greenlets.values();
    }

    /**
     * Frees all whose wait may end, and returns the greenlets left. With {@code presume}, a resource is taken to be used by
     * those that have used it so far, unless someone else that is free may know it from its creator. Those that are not among
     * {@code believed} are free.
     */
    List<WaitNode> stuck(boolean presume, Predicate<WaitNode> believed) {
        settle(presume, believed);
        if (presume && needsAncestry) {
            while (openResourcesOfRelatives()) {
                settle(true, believed);
            }
        }
        List<WaitNode> stuck = new ArrayList<>();
        for (WaitNode node : greenlets.values()) {
            if (!node.isFree) {
                stuck.add(node);
            }
        }
        return stuck;
    }

    private void settle(boolean presume, Predicate<WaitNode> believed) {
        all.forEach(WaitNode::reset);
        ArrayDeque<WaitNode> freed = new ArrayDeque<>();
        freed.add(free);
        for (WaitNode node : all) {
            if (node.startsFree(presume) || (node.greenlet != null && !believed.test(node))) {
                node.isFree = true;
                freed.add(node);
            }
        }
        WaitNode next;
        while ((next = freed.poll()) != null) {
            for (WaitNode waiting : next.neededBy()) {
                if (waiting.needIsFree()) {
                    waiting.isFree = true;
                    freed.add(waiting);
                }
            }
        }
    }

    /** Marks the resources that a free greenlet may know. Returns whether there are any that were not marked before. */
    private boolean openResourcesOfRelatives() {
        Ancestry.Relatives relatives = ancestry.relatives(greenlet -> nodeOf(greenlet).isFree);
        boolean found = false;
        for (WaitNode node : all) {
            if (!node.isFree && node.isPresumption() && relatives.mayKnow(node.owners.creator())) {
                node.hasUnknownOwners = true;
                found = true;
            }
        }
        return found;
    }
}
