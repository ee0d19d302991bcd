package dev.weft.diagnostics;

import dev.weft.kernel.Dependent;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Contended;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of who waits for whom, starting from one {@link Contended} resource: its holders, those they wait for, and so on.
 * A greenlet that waits for anything else, for another loop, or with a time limit is assumed to proceed some day. Created and
 * used on the loop's thread, between greenlets.
 *
 * <p>The stuck ones are those left (a greatest fixed point) when this has been repeated until nothing changes: a greenlet
 * proceeds if everything it waits for does, such as all children of its scope; a resource proceeds if one of its holders does.
 */
final class WaitGraph {
    private static final int MOST_NODES = 10_000; // the check holds the loop: a larger graph counts as not stuck
    private static final int LINES = 20;

    private final EventLoop loop;
    private final Map<GreenletTask<?>, Contended>
            insideTheJdk; // what greenlets wait for inside code that is unaware of Weft
    private final Contended start;
    private final Map<Key, Node> nodes = new LinkedHashMap<>();
    private final ArrayDeque<Node> unexplored = new ArrayDeque<>();

    /** A greenlet or a contended resource. */
    private static final class Node {
        private final Object subject;
        private final List<Node> needs = new ArrayList<>();
        private boolean goesOn;

        Node(Object subject) {
            this.subject = subject;
        }

        /** Returns whether it proceeds, given what is known of those it needs. */
        boolean isFree() {
            return subject instanceof Contended
                    ? needs.isEmpty() || needs.stream().anyMatch(need -> need.goesOn)
                    : needs.stream().allMatch(need -> need.goesOn);
        }
    }

    private WaitGraph(Contended start, EventLoop loop, Map<GreenletTask<?>, Contended> insideTheJdk) {
        this.insideTheJdk = insideTheJdk;
        this.start = start;
        this.loop = loop;
    }

    /** Builds the graph of {@code start}. */
    static WaitGraph of(Contended start, EventLoop loop, Map<GreenletTask<?>, Contended> insideTheJdk) {
        WaitGraph graph = new WaitGraph(start, loop, insideTheJdk);
        graph.node(start);
        graph.explore();
        graph.settle();
        return graph;
    }

    private Node node(Object subject) {
        Key key = new Key(subject);
        Node known = nodes.get(key);
        if (known == null) {
            known = new Node(subject);
            nodes.put(key, known);
            unexplored.add(known);
        }
        return known;
    }

    /** Compares by identity, as users' objects may override equals. */
    private record Key(Object subject) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && key.subject == subject;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(subject);
        }
    }

    private void explore() {
        Node next;
        while ((next = unexplored.poll()) != null) {
            if (nodes.size() > MOST_NODES) {
                next.goesOn = true;
            } else if (next.subject instanceof GreenletTask<?> greenlet) {
                exploreGreenlet(greenlet, next);
            } else {
                need(next, ((Contended) next.subject).holders());
            }
        }
    }

    private void exploreGreenlet(GreenletTask<?> greenlet, Node node) {
        if (greenlet.loop == loop && greenlet.waitsWithoutLimit()) {
            Object target = greenlet.awaited();
            if (target == null) {
                target = insideTheJdk.get(greenlet);
            }
            if (target instanceof Dependent dependent) {
                need(node, dependent.dependsOn());
            } else if (target instanceof GreenletTask<?> || target instanceof Contended) {
                node.needs.add(node(target));
            }
        }
    }

    private void need(Node node, Collection<?> subjects) {
        for (Object subject : subjects) {
            node.needs.add(node(subject));
        }
    }

    private void settle() {
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Node node : nodes.values()) {
                if (!node.goesOn && node.isFree()) {
                    node.goesOn = true;
                    changed = true;
                }
            }
        }
    }

    /** Returns whether nobody who waits for the resource can ever proceed. */
    boolean isStuck() {
        return !node(start).goesOn;
    }

    /** Returns the greenlets that can never proceed, holders first. */
    List<GreenletTask<?>> stuck() {
        List<GreenletTask<?>> stuck = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (!node.goesOn && node.subject instanceof GreenletTask<?> greenlet) {
                stuck.add(greenlet);
            }
        }
        return stuck;
    }

    /** Describes the deadlock in a few lines: the resource, who waits for whom, and what can be done. */
    String describe() {
        List<String> lines = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (!node.goesOn && node.subject instanceof GreenletTask<?> greenlet) {
                lines.add("\n  " + describe(greenlet, node));
            }
        }
        int more = lines.size() - LINES;
        return "loop " + loop.name() + ": deadlock: nobody can ever get " + start
                + ", because all its holders wait for others that wait for it:"
                + String.join("", lines.subList(0, Math.min(lines.size(), LINES)))
                + (more > 0 ? "\n  and " + more + " others" : "")
                + "\nLet a holder give it back before waiting for those who need it, let them use a different one, or put a"
                + " time limit on the waits.";
    }

    private String describe(GreenletTask<?> greenlet, Node node) {
        List<String> does = new ArrayList<>();
        for (Node thing : nodes.values()) {
            if (thing.subject instanceof Contended && thing.needs.contains(node)) {
                does.add("holds " + thing.subject);
            }
        }
        for (Node need : node.needs) {
            if (!need.goesOn) {
                does.add("waits for "
                        + (need.subject instanceof GreenletTask<?> other
                                ? (greenlet.awaited() instanceof Dependent dependent ? dependent.via() : "")
                                        + other.describeEnd()
                                : need.subject));
                break; // one is enough, as there may be thousands
            }
        }
        return "greenlet \"" + greenlet.name() + "\" (spawned at " + greenlet.spawnSite() + ") "
                + String.join(" and ", does);
    }
}
