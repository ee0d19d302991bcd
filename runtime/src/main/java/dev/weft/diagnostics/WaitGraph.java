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
 * Who waits for whom, as far as the kernel can tell, at one moment and from one {@link Contended} thing on: its holders, those
 * they wait for, and so on. Whoever waits for anything else, for another loop, or with a time limit, goes on some day. Made and used on the
 * loop's thread, between greenlets.
 *
 * <p>Who is stuck is what is left (a greatest fixed point) when this has been repeated until nothing changes: a greenlet goes
 * on if all it waits for do, such as all children of its scope; a thing goes on if one of its holders does.
 */
final class WaitGraph {
    private static final int MOST_NODES = 10_000; // a look is a slice of the loop: too much to look at is not stuck
    private static final int LINES = 20;

    private final EventLoop loop;
    private final Map<GreenletTask<?>, Contended>
            insideTheJdk; // what they wait for inside code that knows nothing of Weft
    private final Contended start;
    private final Map<Key, Node> nodes = new LinkedHashMap<>();
    private final ArrayDeque<Node> unexplored = new ArrayDeque<>();

    /** A greenlet, or something contended. */
    private static final class Node {
        private final Object subject;
        private final List<Node> needs = new ArrayList<>();
        private boolean goesOn;

        Node(Object subject) {
            this.subject = subject;
        }

        /** Whether it goes on, by what is known of those it needs. */
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

    /** What begins with the holders of {@code start}. */
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

    /** By identity; things of users may have an equals of their own. */
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

    /** Whether nobody who waits for the thing can ever go on. */
    boolean isStuck() {
        return !node(start).goesOn;
    }

    /** The greenlets that can never go on, from the holders on. */
    List<GreenletTask<?>> stuck() {
        List<GreenletTask<?>> stuck = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (!node.goesOn && node.subject instanceof GreenletTask<?> greenlet) {
                stuck.add(greenlet);
            }
        }
        return stuck;
    }

    /** What it is that stands still, who waits for whom, and what can be done, in some lines. */
    String describe() {
        List<String> lines = new ArrayList<>();
        for (Node node : nodes.values()) {
            if (!node.goesOn && node.subject instanceof GreenletTask<?> greenlet) {
                lines.add("\n  " + describe(greenlet, node));
            }
        }
        int more = lines.size() - LINES;
        return "loop " + loop.name() + ": no one can ever get " + start
                + ", as all who hold it wait for others who wait for it:"
                + String.join("", lines.subList(0, Math.min(lines.size(), LINES)))
                + (more > 0 ? "\n  and " + more + " others" : "")
                + "\nLet a holder give it back before waiting for those who need it, let them use another one, or put a time"
                + " limit on the waits.";
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
                break; // one is enough, and there may be thousands
            }
        }
        return "greenlet \"" + greenlet.name() + "\" (spawned at " + greenlet.spawnSite() + ") "
                + String.join(" and ", does);
    }
}
